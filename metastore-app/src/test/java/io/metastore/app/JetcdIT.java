package io.metastore.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.DeleteResponse;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.GetOption.SortOrder;
import io.etcd.jetcd.options.GetOption.SortTarget;
import io.etcd.jetcd.options.PutOption;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server as users of jetcd see it, on each engine. One server serves all tests of an engine, so
 * each test keeps to keys that begin with its own name.
 */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"memory", "rocksdb"})
final class JetcdIT {
  private static final long DEADLINE_SECONDS = 30;

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // NullAway does not know when JUnit calls start
  private static ServerProcess server;

  @SuppressWarnings("NullAway.Init") // as above
  private static Client client;

  private final String engine;
  private KV kv;
  private String prefix;

  JetcdIT(String engine) {
    this.engine = engine;
  }

  @BeforeParameterizedClassInvocation
  static void start(String engine) throws Exception {
    server =
        ServerProcess.start(Files.createDirectory(folder.resolve(engine)), "--storage=" + engine);
    client = Client.builder().endpoints("http://" + server.endpoint()).build();
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    client.close();
    server.close();
  }

  @BeforeEach
  void takeKeysOfItsOwn(TestInfo test) {
    kv = client.getKVClient();
    prefix = engine + "/" + test.getTestMethod().orElseThrow().getName() + "/";
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, UTF_8);
  }

  private ByteSequence key(String name) {
    return bytes(prefix + name);
  }

  /** Puts a value; returns the revision. */
  private long put(String name, String value) throws Exception {
    return await(kv.put(key(name), bytes(value))).getHeader().getRevision();
  }

  private GetResponse get(GetOption option) throws Exception {
    return await(kv.get(bytes(prefix), option));
  }

  private List<String> names(List<KeyValue> kvs) {
    return kvs.stream().map(kv -> kv.getKey().toString(UTF_8).substring(prefix.length())).toList();
  }

  private static List<String> values(List<KeyValue> kvs) {
    return kvs.stream().map(kv -> kv.getValue().toString(UTF_8)).toList();
  }

  private static GetOption.Builder all() {
    return GetOption.builder().isPrefix(true);
  }

  @Test
  void putIsReadBackWithItsRevisions() throws Exception {
    long created = put("a", "1");
    long modified = put("a", "2");
    GetResponse response = await(kv.get(key("a")));
    KeyValue found = response.getKvs().getFirst();
    assertEquals("2", found.getValue().toString(UTF_8));
    assertEquals(created, found.getCreateRevision());
    assertEquals(modified, found.getModRevision());
    assertEquals(2, found.getVersion());
    assertEquals(1, response.getCount());
    assertFalse(response.isMore());
    assertTrue(response.getHeader().getRevision() >= modified);
    assertEquals(0, await(kv.get(key("missing"))).getCount());
  }

  @Test
  void putAnswersThePreviousValueWhenAskedFor() throws Exception {
    PutOption option = PutOption.builder().withPrevKV().build();
    assertFalse(await(kv.put(key("a"), bytes("1"), option)).hasPrevKv());
    PutResponse second = await(kv.put(key("a"), bytes("2"), option));
    assertEquals("1", second.getPrevKv().getValue().toString(UTF_8));
    assertFalse(await(kv.put(key("a"), bytes("3"))).hasPrevKv());
  }

  @Test
  void limitTellsThatThereIsMore() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      put(name, name);
    }
    GetResponse two = get(all().withLimit(2).build());
    assertEquals(List.of("a", "b"), names(two.getKvs()));
    assertEquals(3, two.getCount());
    assertTrue(two.isMore());
    assertFalse(get(all().withLimit(3).build()).isMore());
  }

  @Test
  void everySortTargetOrdersBothWays() throws Exception {
    put("a", "3");
    put("c", "1");
    put("b", "2");
    put("a", "3");
    assertSorted(SortTarget.KEY, "a", "b", "c");
    assertSorted(SortTarget.CREATE, "a", "c", "b");
    assertSorted(SortTarget.MOD, "c", "b", "a");
    assertSorted(SortTarget.VALUE, "c", "b", "a");
    GetOption byVersion =
        all().withSortField(SortTarget.VERSION).withSortOrder(SortOrder.DESCEND).build();
    assertEquals("a", names(get(byVersion).getKvs()).getFirst());
  }

  private void assertSorted(SortTarget target, String... ascending) throws Exception {
    GetOption.Builder option = all().withSortField(target);
    assertEquals(
        List.of(ascending),
        names(get(option.withSortOrder(SortOrder.ASCEND).build()).getKvs()),
        target::name);
    assertEquals(
        List.of(ascending).reversed(),
        names(get(option.withSortOrder(SortOrder.DESCEND).build()).getKvs()),
        target::name);
  }

  @Test
  void countOnlyAndKeysOnlyLeaveTheRestOut() throws Exception {
    put("a", "1");
    put("b", "2");
    GetResponse count = get(all().withCountOnly(true).build());
    assertEquals(2, count.getCount());
    assertEquals(List.of(), count.getKvs());
    GetResponse keys = get(all().withKeysOnly(true).build());
    assertEquals(List.of("a", "b"), names(keys.getKvs()));
    assertEquals(List.of("", ""), values(keys.getKvs()));
  }

  @Test
  void rangeEndIsExclusive() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      put(name, name);
    }
    GetOption toC = GetOption.builder().withRange(key("c")).build();
    assertEquals(List.of("a", "b"), names(await(kv.get(key("a"), toC)).getKvs()));
  }

  @Test
  void olderRevisionsAreReadAndFutureOnesRefused() throws Exception {
    long first = put("a", "1");
    long second = put("b", "2");
    put("a", "3");
    await(kv.delete(key("b")));
    assertEquals(List.of("1"), values(get(all().withRevision(first).build()).getKvs()));
    assertEquals(List.of("1", "2"), values(get(all().withRevision(second).build()).getKvs()));
    assertEquals(List.of("3"), values(get(all().build()).getKvs()));
    long future = second + 1_000_000;
    assertFutureRevision(all().withRevision(future).build());
  }

  private void assertFutureRevision(GetOption option) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> get(option));
    Status status = Status.fromThrowable(e);
    assertEquals(Status.Code.OUT_OF_RANGE, status.getCode(), e::toString);
    assertEquals(
        "etcdserver: mvcc: required revision is a future revision", status.getDescription());
  }

  @Test
  void revisionFiltersBoundWhatIsReturned() throws Exception {
    long a = put("a", "1");
    long b = put("b", "1");
    long c = put("c", "1");
    long again = put("a", "2");
    assertEquals(List.of("a", "c"), names(get(all().withMinModRevision(c).build()).getKvs()));
    assertEquals(List.of("b", "c"), names(get(all().withMaxModRevision(c).build()).getKvs()));
    assertEquals(List.of("b", "c"), names(get(all().withMinCreateRevision(b).build()).getKvs()));
    assertEquals(List.of("a"), names(get(all().withMaxCreateRevision(a).build()).getKvs()));
    assertEquals(
        List.of("a"),
        names(get(all().withMinModRevision(again).withMaxModRevision(again).build()).getKvs()));
  }

  @Test
  void serializableReadSeesTheMembersState() throws Exception {
    put("a", "1");
    assertEquals(List.of("1"), values(get(all().withSerializable(true).build()).getKvs()));
  }

  @Test
  void deleteTakesARangeAndAnswersWhatWasThere() throws Exception {
    for (String name : List.of("a", "b", "x")) {
      put(name, name);
    }
    assertEquals(0, await(kv.delete(key("missing"))).getDeleted());
    assertEquals(1, await(kv.delete(key("x"))).getDeleted());
    DeleteResponse rest =
        await(
            kv.delete(
                bytes(prefix), DeleteOption.builder().isPrefix(true).withPrevKV(true).build()));
    assertEquals(2, rest.getDeleted());
    assertEquals(List.of("a", "b"), values(rest.getPrevKvs()));
    assertEquals(0, get(all().withCountOnly(true).build()).getCount());
  }

  @Test
  void transactionTakesTheBranchOfItsComparisons() throws Exception {
    ByteSequence a = key("a");
    Cmp absent = new Cmp(a, Cmp.Op.EQUAL, CmpTarget.createRevision(0));
    Op put = Op.put(a, bytes("1"), PutOption.DEFAULT);
    Op read = Op.get(a, GetOption.DEFAULT);
    TxnResponse made = await(kv.txn().If(absent).Then(put).Else(read).commit());
    assertTrue(made.isSucceeded());
    assertEquals(1, made.getPutResponses().size());
    TxnResponse refused = await(kv.txn().If(absent).Then(put).Else(read).commit());
    assertFalse(refused.isSucceeded());
    assertEquals(List.of("1"), values(refused.getGetResponses().getFirst().getKvs()));

    Cmp value = new Cmp(a, Cmp.Op.EQUAL, CmpTarget.value(bytes("1")));
    Cmp version = new Cmp(a, Cmp.Op.GREATER, CmpTarget.version(0));
    Op delete = Op.delete(a, DeleteOption.builder().withPrevKV(true).build());
    Op other = Op.put(key("b"), bytes("2"), PutOption.DEFAULT);
    TxnResponse both = await(kv.txn().If(value, version).Then(delete, other).commit());
    assertTrue(both.isSucceeded());
    assertEquals(1, both.getDeleteResponses().getFirst().getDeleted());
    KeyValue b = await(kv.get(key("b"))).getKvs().getFirst();
    assertEquals(both.getHeader().getRevision(), b.getModRevision());
    assertEquals(List.of("b"), names(get(all().build()).getKvs()));
  }

  @Test
  void statusNamesTheMemberAsItsOwnLeader() throws Exception {
    var status = await(client.getMaintenanceClient().statusMember("http://" + server.endpoint()));
    assertEquals(Versions.ETCD_SERVER, status.getVersion());
    assertEquals(status.getHeader().getMemberId(), status.getLeader());
  }
}
