package io.metastore.core.mvcc;

import static io.metastore.core.Texts.bytes;
import static io.metastore.core.Texts.everything;
import static io.metastore.core.mvcc.DrainedStore.deleted;
import static io.metastore.core.mvcc.DrainedStore.put;
import static io.metastore.core.mvcc.DrainedStore.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.metastore.api.ErrorCode;
import io.metastore.api.storage.Keyspace;
import io.metastore.core.Reply;
import io.metastore.core.Texts;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandsTest {
  @TempDir Path directory;
  private DrainedStore store;

  @BeforeEach
  void open() throws IOException {
    store = new DrainedStore(directory);
  }

  @AfterEach
  void closeAndCount() {
    store.close();
    assertEquals(0, store.engine().openViews());
    assertEquals(0, store.engine().openCursors());
    assertEquals(0, store.engine().misuses());
  }

  private static KeyValue kv(String key, String value, long create, long mod, long version) {
    return KeyValue.newBuilder()
        .setKey(bytes(key))
        .setValue(bytes(value))
        .setCreateRevision(create)
        .setModRevision(mod)
        .setVersion(version)
        .build();
  }

  private static PutRequest.Builder request(String key, String value) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
  }

  @Test
  @DisplayName("1: an empty store is at revision 1 and was never compacted, also after a restart")
  void emptyStoreIsAtRevisionOne() throws IOException {
    for (int i = 0; i < 2; i++) {
      assertEquals(1, store.state().revision());
      assertEquals(-1, store.state().compactedRevision());
      RangeResponse nothing = store.range(everything());
      assertEquals(1, nothing.getHeader().getRevision());
      assertEquals(0, nothing.getCount());
      assertEquals(nothing, store.range(everything().setRevision(1)));
      store.reopen();
    }
  }

  @Test
  @DisplayName("1: the first write makes revision 2")
  void firstWriteMakesRevisionTwo() {
    assertEquals(2, store.put("a", "x").getHeader().getRevision());
    assertEquals(kv("a", "x", 2, 2, 1), store.get("a"));
  }

  @Test
  @DisplayName("32: a put counts versions; after a delete the figures start afresh")
  void figuresFollowALife() {
    store.put("a", "x");
    store.put("b", "other");
    store.put("a", "y");
    assertEquals(kv("a", "y", 2, 4, 2), store.get("a"));
    store.delete(Texts.delete("a"));
    store.put("a", "z");
    assertEquals(kv("a", "z", 6, 6, 1), store.get("a"));
    assertEquals(kv("b", "other", 3, 3, 1), store.get("b"));
  }

  @Test
  @DisplayName("3: deleting nothing moves no revision")
  void deletingNothingMovesNothing() {
    store.put("a", "x");
    for (DeleteRangeResponse response :
        List.of(
            store.delete(Texts.delete("b")),
            store.delete(Texts.delete("b", "z")),
            store.delete(Texts.delete("z", "b")),
            store.delete(Texts.delete("b", Texts.NO_END)))) {
      assertEquals(0, response.getDeleted());
      assertEquals(2, response.getHeader().getRevision());
    }
    assertEquals(2, store.state().revision());
    assertEquals(1, store.log().size());
  }

  @Test
  @DisplayName("34: a range delete is one revision, sub-ordered by key")
  void aRangeDeleteIsOneRevision() {
    store.drain(Texts.put("c", "3"), Texts.put("a", "1"), Texts.put("b", "2"));
    DeleteRangeResponse response = store.delete(Texts.delete("a", "c"));
    assertEquals(2, response.getDeleted());
    assertEquals(5, response.getHeader().getRevision());
    assertEquals(
        List.of(
            "2.0 put c",
            "3.0 put a",
            "4.0 put b",
            "5.0 delete a over 3.0",
            "5.1 delete b over 4.0"),
        store.log());
    assertEquals("c", store.keys(everything()));
  }

  @Test
  @DisplayName("17: a delete with end \\0 deletes all keys from the key on")
  void aDeleteWithoutEnd() {
    store.drain(Texts.put("a", "1"), Texts.put("b", "2"), Texts.put("c", "3"));
    assertEquals(2, store.delete(Texts.delete("b", Texts.NO_END)).getDeleted());
    assertEquals(1, store.delete(Texts.delete(Texts.NO_END, Texts.NO_END)).getDeleted());
    assertEquals(0, store.state().keys());
  }

  @Test
  @DisplayName("33: prev_kv of a put is the record before it, and absent for a create")
  void prevKvOfAPut() {
    Reply created = store.drain(Texts.put(request("a", "x").setPrevKv(true))).getFirst();
    assertFalse(put(created).hasPrevKv());
    Reply changed = store.drain(Texts.put(request("a", "y").setPrevKv(true))).getFirst();
    assertEquals(kv("a", "x", 2, 2, 1), put(changed).getPrevKv());
    Reply unasked = store.drain(Texts.put(request("a", "z"))).getFirst();
    assertFalse(put(unasked).hasPrevKv());
  }

  @Test
  @DisplayName("33: prev_kvs of a delete are all deleted records, in key order")
  void prevKvsOfADelete() {
    store.drain(Texts.put("b", "2"), Texts.put("a", "1"));
    DeleteRangeRequest.Builder all =
        DeleteRangeRequest.newBuilder().setKey(bytes("a")).setRangeEnd(bytes("z")).setPrevKv(true);
    DeleteRangeResponse response = store.delete(Texts.delete(all));
    assertEquals(List.of(kv("a", "1", 3, 3, 1), kv("b", "2", 2, 2, 1)), response.getPrevKvsList());
    store.put("a", "1");
    assertEquals(List.of(), store.delete(Texts.delete("a")).getPrevKvsList());
  }

  @Test
  @DisplayName("30: ignore_value keeps the value, ignore_lease the lease, and neither the other")
  void ignoringKeepsWhatIsThere() {
    grant(7);
    store.put("a", "x");
    store.drain(Texts.put(request("a", "").setIgnoreValue(true).setLease(7)));
    assertEquals(leased(kv("a", "x", 2, 3, 2)), store.get("a"));
    store.drain(Texts.put(request("a", "y").setIgnoreLease(true)));
    assertEquals(leased(kv("a", "y", 2, 4, 3)), store.get("a"));
    store.drain(Texts.put(request("a", "").setIgnoreValue(true).setIgnoreLease(true)));
    assertEquals(leased(kv("a", "y", 2, 5, 4)), store.get("a"));
    store.drain(Texts.put(request("a", "").setIgnoreValue(true)));
    assertEquals(kv("a", "y", 2, 6, 5), store.get("a"));
  }

  private void grant(long lease) {
    store.drain(
        Proposal.newBuilder()
            .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(lease).setTTL(9))
            .build());
  }

  private static Proposal revoke(long lease) {
    return Proposal.newBuilder()
        .setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease))
        .build();
  }

  private static KeyValue leased(KeyValue kv) {
    return kv.toBuilder().setLease(7).build();
  }

  @Test
  @DisplayName("31: a put without a lease detaches the one before, so its end leaves the key")
  void aPutWithoutALeaseDetaches() {
    grant(7);
    store.drain(Texts.put(request("a", "x").setLease(7)), Texts.put(request("b", "x").setLease(7)));
    assertEquals(leased(kv("a", "x", 2, 2, 1)), store.get("a"));
    store.put("a", "x");
    assertEquals(kv("a", "x", 2, 4, 2), store.get("a"));
    store.drain(revoke(7));
    assertEquals("a", store.keys(everything()));
  }

  @Test
  @DisplayName("30: ignore_value and ignore_lease on a missing key are refused")
  void ignoringWhatIsNotThereIsRefused() {
    store.put("gone", "x");
    store.delete(Texts.delete("gone"));
    for (String key : List.of("never", "gone")) {
      for (PutRequest.Builder put :
          List.of(request(key, "").setIgnoreValue(true), request(key, "v").setIgnoreLease(true))) {
        assertRefusedAndNothingChanged(put, ErrorCode.KEY_NOT_FOUND);
      }
    }
  }

  @Test
  @DisplayName("31: a put with an unknown lease is refused, before the key is looked for")
  void anUnknownLeaseIsRefused() {
    assertRefusedAndNothingChanged(request("a", "x").setLease(7), ErrorCode.LEASE_NOT_FOUND);
    assertRefusedAndNothingChanged(
        request("a", "").setIgnoreValue(true).setLease(-7), ErrorCode.LEASE_NOT_FOUND);
  }

  private void assertRefusedAndNothingChanged(PutRequest.Builder put, ErrorCode code) {
    StoreState before = store.state();
    List<String> versions = store.versions();
    List<String> log = store.log();
    assertEquals(Optional.of(code), refusal(store.drain(Texts.put(put)).getFirst()));
    StoreState after = store.state();
    assertEquals(before.appliedIndex() + 1, after.appliedIndex());
    assertEquals(before.revision(), after.revision());
    assertEquals(before.keys(), after.keys());
    assertEquals(versions, store.versions());
    assertEquals(log, store.log());
  }

  @Test
  @DisplayName("61: a revoke's deletes are one revision, in the order of their keys")
  void aRevokeDeletesInTheOrderOfKeys() {
    grant(7);
    for (String key : List.of("c", "a\0", "b", "a")) {
      store.drain(Texts.put(request(key, "x").setLease(7)));
    }
    store.put("bb", "other");
    store.drain(revoke(7));
    assertEquals(7, store.state().revision());
    assertEquals(
        List.of(
            "7.0 delete a over 5.0",
            "7.1 delete a\0 over 3.0",
            "7.2 delete b over 4.0",
            "7.3 delete c over 2.0"),
        store.log().stream().filter(line -> line.startsWith("7.")).toList());
    assertEquals("bb", store.keys(everything()));
  }

  @Test
  void aRefusalInADrainLeavesItsNeighboursAlone() {
    List<Reply> replies =
        store.drain(
            Texts.put("a", "x"),
            Texts.put(request("b", "").setIgnoreValue(true)),
            Texts.put("c", "y"));
    assertEquals(2, put(replies.get(0)).getHeader().getRevision());
    assertEquals(Optional.of(ErrorCode.KEY_NOT_FOUND), refusal(replies.get(1)));
    assertEquals(3, put(replies.get(2)).getHeader().getRevision());
    assertEquals("a c", store.keys(everything()));
  }

  @Test
  void commandsOfADrainSeeEarlierOnes() {
    store.drain(Texts.put("a", "old"), Texts.put("e", "old"));
    List<Reply> replies =
        store.drain(
            Texts.put(request("a", "1").setPrevKv(true)), // 4
            Texts.put(request("a", "2").setPrevKv(true)), // 5
            Texts.put(request("b", "3")), // 6
            Texts.delete(range("a", "c")), // 7, both
            Texts.delete(range("a", "c")), // nothing
            Texts.put(request("b", "4").setPrevKv(true)), // 8
            Texts.put(request("b", "").setIgnoreValue(true)), // 9
            Texts.delete(range("b", Texts.NO_END))); // 10, b and e
    assertEquals(kv("a", "old", 2, 2, 1), put(replies.get(0)).getPrevKv());
    assertEquals(kv("a", "1", 2, 4, 2), put(replies.get(1)).getPrevKv());
    assertEquals(
        List.of(kv("a", "2", 2, 5, 3), kv("b", "3", 6, 6, 1)),
        deleted(replies.get(3)).getPrevKvsList());
    assertEquals(0, deleted(replies.get(4)).getDeleted());
    assertEquals(7, deleted(replies.get(4)).getHeader().getRevision());
    assertFalse(put(replies.get(5)).hasPrevKv());
    assertEquals(
        List.of(kv("b", "4", 8, 9, 2), kv("e", "old", 3, 3, 1)),
        deleted(replies.get(7)).getPrevKvsList());
    assertEquals(10, store.state().revision());
    assertEquals(0, store.state().keys());
    assertEquals(List.of(), store.current());
  }

  private static DeleteRangeRequest.Builder range(String key, String end) {
    return DeleteRangeRequest.newBuilder()
        .setKey(bytes(key))
        .setRangeEnd(bytes(end))
        .setPrevKv(true);
  }

  @Test
  void theKeyspacesHoldWhatTheDesignSays() {
    store.put("a", "x");
    store.put("a", "y");
    store.put("b", "z");
    store.delete(Texts.delete("a"));
    store.put("a", "w");
    assertEquals(
        List.of("a=w create 6 mod 6.0 version 1", "b=z create 4 mod 4.0 version 1"),
        store.current());
    assertEquals(
        List.of(
            "a@2.0=x create 2 mod 2.0 version 1",
            "a@3.0=y create 2 mod 3.0 version 2",
            "a@5.0=gone"),
        store.versions());
    assertEquals(
        List.of(
            "2.0 put a", "3.0 put a over 2.0", "4.0 put b", "5.0 delete a over 3.0", "6.0 put a"),
        store.log());
    assertEquals(List.of("state"), store.keysOf(Keyspace.META));
    assertEquals(new StoreState(5, 3, 6, StoreState.NEVER_COMPACTED, 2, 0), store.state());
  }

  @Test
  void oneDrainLeavesTheSameBytesAsMany() throws IOException {
    store.put("a", "x");
    store.put("a", "y");
    store.delete(Texts.delete("a"));
    store.put("a", "z");
    store.put("b", "1");
    store.delete(Texts.delete("a", "c"));
    try (DrainedStore other = new DrainedStore(directory.resolve("other"))) {
      other.drain(
          Texts.put("a", "x"),
          Texts.put("a", "y"),
          Texts.delete("a"),
          Texts.put("a", "z"),
          Texts.put("b", "1"),
          Texts.delete("a", "c"));
      assertEquals(store.current(), other.current());
      assertEquals(store.versions(), other.versions());
      assertEquals(store.log(), other.log());
      assertEquals(store.state().revision(), other.state().revision());
      assertEquals(store.state().keys(), other.state().keys());
    }
  }

  @Test
  void theKeyCounterCountsLiveKeysOverAReopen() throws IOException {
    store.drain(Texts.put("a", "1"), Texts.put("b", "1"), Texts.put("a", "2"));
    assertEquals(2, store.state().keys());
    store.reopen();
    assertEquals(2, store.state().keys());
    store.drain(Texts.delete("a"), Texts.delete("a"), Texts.put("c", "1"));
    assertEquals(2, store.state().keys());
  }
}
