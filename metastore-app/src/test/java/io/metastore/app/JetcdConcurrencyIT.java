package io.metastore.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchEvent.EventType;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Leases, watches, and what users of jetcd build of them and of transactions: locks and optimistic
 * loops. One server serves all tests of an engine, so each test keeps to keys of its own.
 */
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"memory", "rocksdb"})
final class JetcdConcurrencyIT {
  private static final long DEADLINE_SECONDS = 30;
  private static final int THREADS = 4;

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // NullAway does not know when JUnit calls start
  private static ServerProcess server;

  @SuppressWarnings("NullAway.Init") // as above
  private static Client client;

  private final String engine;
  private KV kv;
  private Lease leases;
  private String prefix;

  JetcdConcurrencyIT(String engine) {
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
    leases = client.getLeaseClient();
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

  private long grant(long ttl) throws Exception {
    return await(leases.grant(ttl)).getID();
  }

  private long putLeased(String name, long lease) throws Exception {
    PutOption leased = PutOption.builder().withLeaseId(lease).build();
    return await(kv.put(key(name), bytes(name), leased)).getHeader().getRevision();
  }

  private LeaseTimeToLiveResponse timeToLive(long lease) throws Exception {
    return await(leases.timeToLive(lease, LeaseOption.builder().withAttachedKeys().build()));
  }

  /** Does something in each of a few threads and waits for all of them. */
  private static void together(Callable<?> task) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        running.add(threads.submit(task));
      }
      for (Future<?> thread : running) {
        assertNotNull(thread.get(2 * DEADLINE_SECONDS, TimeUnit.SECONDS));
      }
    }
  }

  /** Renewals as they come. */
  private static final class Renewals implements StreamObserver<LeaseKeepAliveResponse> {
    private final BlockingQueue<Long> ttls = new LinkedBlockingQueue<>();

    @Override
    public void onNext(LeaseKeepAliveResponse response) {
      ttls.add(response.getTTL());
    }

    @Override
    public void onError(Throwable failure) {
      ttls.add(-1L);
    }

    @Override
    public void onCompleted() {
      ttls.add(-2L);
    }

    long next() throws InterruptedException {
      Long ttl = ttls.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertNotNull(ttl, "no renewal");
      return ttl;
    }
  }

  @Test
  void streamOfRenewalsKeepsALeaseAlive() throws Exception {
    long lease = grant(2);
    putLeased("a", lease);
    long granted = System.nanoTime();
    Renewals renewals = new Renewals();
    CloseableClient stream = leases.keepAlive(lease, renewals);
    while (System.nanoTime() - granted < TimeUnit.MILLISECONDS.toNanos(2100)) {
      assertEquals(2, renewals.next());
    }
    LeaseTimeToLiveResponse left = timeToLive(lease);
    assertTrue(left.getTTL() >= 1, "past its TTL, and renewed: " + left);
    assertEquals(2, left.getGrantedTTL());
    assertEquals(List.of(key("a")), left.getKeys());
    stream.close();
    assertEquals(2, await(leases.keepAliveOnce(lease)).getTTL());
    await(leases.revoke(lease));
    assertEquals(0, await(kv.get(key("a"))).getCount());
    assertEquals(-1, timeToLive(lease).getTTL());
    assertNotFound(leases.keepAliveOnce(lease));
  }

  private static void assertNotFound(CompletableFuture<?> call) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> await(call));
    assertTrue(e.toString().contains("requested lease not found"), e::toString);
  }

  @Test
  void revokeDeletesItsKeysAndAWatcherSeesThatInOneRevision() throws Exception {
    long lease = grant(1000);
    long other = grant(1000);
    BlockingQueue<WatchResponse> seen = new LinkedBlockingQueue<>();
    // What comes may be there before the watch is.
    long first = await(kv.get(key(""))).getHeader().getRevision() + 1;
    WatchOption deletes =
        WatchOption.builder()
            .isPrefix(true)
            .withRevision(first)
            .withNoPut(true)
            .withPrevKV(true)
            .build();
    try (Watch.Watcher watcher = client.getWatchClient().watch(key(""), deletes, seen::add)) {
      for (String name : List.of("d", "b", "a", "c", "e")) {
        putLeased(name, lease);
      }
      putLeased("other", other);
      long last = putLeased("e", other);
      assertEquals(List.of(key("a"), key("b"), key("c"), key("d")), timeToLive(lease).getKeys());
      assertEquals(last + 1, await(leases.revoke(lease)).getHeader().getRevision());
      WatchResponse response = seen.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertNotNull(response, "the watcher sees nothing");
      assertEquals(
          List.of("a", "b", "c", "d"),
          response.getEvents().stream()
              .map(event -> event.getPrevKV().getValue().toString(UTF_8))
              .toList());
      for (WatchEvent event : response.getEvents()) {
        assertEquals(EventType.DELETE, event.getEventType());
        assertEquals(last + 1, event.getKeyValue().getModRevision());
        assertEquals(lease, event.getPrevKV().getLease());
      }
      assertTrue(seen.isEmpty());
      assertFalse(watcher.isClosed());
    }
    assertEquals(2, await(kv.get(key(""), GetOption.builder().isPrefix(true).build())).getCount());
    assertNotFound(leases.revoke(lease));
    await(leases.revoke(other));
  }

  /** Whether a lock is held, as those who hold it see it. */
  private static final class Critical {
    private final AtomicInteger inside = new AtomicInteger();
    // The lock under test is all that makes its increments atomic.
    private volatile int entered;

    @SuppressWarnings("NonAtomicVolatileUpdate") // that it is atomic is what is tested
    int enter() {
      assertEquals(1, inside.incrementAndGet(), "two hold the lock");
      entered++;
      return entered;
    }

    void leave() {
      inside.decrementAndGet();
    }
  }

  @Test
  void oneAtATimeHoldsALockMadeOfTransactionsAndWatches() throws Exception {
    int rounds = 6;
    int all = THREADS * rounds;
    Critical critical = new Critical();
    ByteSequence counter = key("counter");
    together(
        () -> {
          long lease = grant(1000);
          JetcdMutex mutex = new JetcdMutex(client, prefix + "lock", lease);
          for (int i = 0; i < rounds; i++) {
            mutex.lock();
            Op put = Op.put(counter, bytes("" + critical.enter()), PutOption.DEFAULT);
            assertTrue(await(kv.txn().If(mutex.isOwner()).Then(put).commit()).isSucceeded());
            critical.leave();
            mutex.unlock();
            assertFalse(await(kv.txn().If(mutex.isOwner()).Then(put).commit()).isSucceeded());
          }
          return await(leases.revoke(lease));
        });
    assertEquals(all, critical.entered);
    KeyValue counted = await(kv.get(counter)).getKvs().getFirst();
    assertEquals("" + all, counted.getValue().toString(UTF_8));
    assertEquals(all, counted.getVersion());
  }

  @Test
  void lockPassesOnWhenItsHoldersLeaseEnds() throws Exception {
    long lost = grant(2);
    new JetcdMutex(client, prefix + "lock", lost).lock();
    long lease = grant(1000);
    // Nobody renews the first lease, so this ends.
    new JetcdMutex(client, prefix + "lock", lease).lock();
    assertEquals(-1, timeToLive(lost).getTTL());
    await(leases.revoke(lease));
  }

  private static final int ACCOUNTS = 3;
  private static final int BALANCE = 1000;

  @Test
  void optimisticTransfersKeepTheSum() throws Exception {
    int transfers = 15;
    for (int i = 0; i < ACCOUNTS; i++) {
      await(kv.put(key("" + i), bytes("" + BALANCE)));
    }
    AtomicInteger running = new AtomicInteger(THREADS);
    CompletableFuture<Integer> audits =
        CompletableFuture.supplyAsync(() -> audit(running), Thread::startVirtualThread);
    together(
        () -> {
          try {
            for (int i = 0; i < transfers; i++) {
              // All begin with the same accounts, so that they are in each other's way.
              transfer(i % ACCOUNTS, (i + 1) % ACCOUNTS, 1 + i);
            }
            return transfers;
          } finally {
            running.decrementAndGet();
          }
        });
    assertTrue(await(audits) > 0);
    List<KeyValue> accounts = accounts();
    assertEquals(ACCOUNTS * BALANCE, sum(accounts));
    long changes = accounts.stream().mapToLong(account -> account.getVersion() - 1).sum();
    assertEquals(2L * THREADS * transfers, changes, "each transfer changed two accounts, once");
  }

  /** Reads, decides, and writes if nobody has written meanwhile; again until that is so. */
  private void transfer(int from, int to, long amount) throws Exception {
    boolean done = false;
    while (!done) {
      KeyValue giver = await(kv.get(key("" + from))).getKvs().getFirst();
      KeyValue taker = await(kv.get(key("" + to))).getKvs().getFirst();
      done =
          await(
                  kv.txn()
                      .If(isUnchanged(giver), isUnchanged(taker))
                      .Then(write(giver, -amount), write(taker, amount))
                      .commit())
              .isSucceeded();
    }
  }

  private static Cmp isUnchanged(KeyValue kv) {
    return new Cmp(kv.getKey(), Cmp.Op.EQUAL, CmpTarget.modRevision(kv.getModRevision()));
  }

  private static Op write(KeyValue kv, long change) {
    return Op.put(kv.getKey(), bytes("" + (balance(kv) + change)), PutOption.DEFAULT);
  }

  private static long balance(KeyValue kv) {
    return Long.parseLong(kv.getValue().toString(UTF_8));
  }

  private List<KeyValue> accounts() throws Exception {
    return await(kv.get(key(""), GetOption.builder().isPrefix(true).build())).getKvs();
  }

  private static long sum(List<KeyValue> accounts) {
    return accounts.stream().mapToLong(JetcdConcurrencyIT::balance).sum();
  }

  /** Adds up all accounts for as long as there are transfers; returns how often. */
  private int audit(AtomicInteger running) {
    int audits = 0;
    while (running.get() > 0) {
      try {
        assertEquals(ACCOUNTS * BALANCE, sum(accounts()), "a transfer is seen by half");
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      audits++;
    }
    return audits;
  }

  @Test
  void watcherOfWhatIsCompactedIsToldTheMark() throws Exception {
    await(kv.put(key("a"), bytes("1")));
    long mark = await(kv.put(key("a"), bytes("2"))).getHeader().getRevision();
    await(kv.compact(mark));
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    WatchOption early = WatchOption.builder().withRevision(mark - 1).build();
    Watch.Watcher watcher =
        client.getWatchClient().watch(key("a"), early, response -> {}, failure::complete);
    CompactedException told = assertInstanceOf(CompactedException.class, await(failure));
    assertEquals(mark, told.getCompactedRevision());
    watcher.close();
    ExecutionException e =
        assertThrows(
            ExecutionException.class,
            () -> await(kv.get(key("a"), GetOption.builder().withRevision(mark - 1).build())));
    assertEquals(Status.Code.OUT_OF_RANGE, Status.fromThrowable(e).getCode(), e::toString);
  }
}
