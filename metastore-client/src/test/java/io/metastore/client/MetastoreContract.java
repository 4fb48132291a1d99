package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.Bytes;
import io.metastore.api.Compare;
import io.metastore.api.Delete;
import io.metastore.api.DeleteResult;
import io.metastore.api.ErrorCode;
import io.metastore.api.KeyValue;
import io.metastore.api.Keys;
import io.metastore.api.Lease;
import io.metastore.api.LeaseStatus;
import io.metastore.api.Metastore;
import io.metastore.api.Put;
import io.metastore.api.PutResult;
import io.metastore.api.Range;
import io.metastore.api.Range.Revisions;
import io.metastore.api.Range.SortBy;
import io.metastore.api.RangeResult;
import io.metastore.api.RefusedException;
import io.metastore.api.Status;
import io.metastore.api.Txn;
import io.metastore.api.TxnResult;
import io.metastore.api.UnknownOutcomeException;
import io.metastore.api.Watch;
import io.metastore.api.WatchEvent;
import io.metastore.api.WatchOptions;
import io.metastore.api.WatchOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link Metastore} does, wherever the store is. Each test uses keys of its own, so that
 * all can use one store; none relies on revisions that follow each other.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class MetastoreContract {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final String prefix = "/" + UUID.randomUUID() + "/";
  Metastore store;

  /** The store; the same for every test of a class. */
  abstract Metastore store();

  @BeforeEach
  void findStore() {
    store = store();
  }

  private String key(String name) {
    return prefix + name;
  }

  private Keys mine() {
    return Keys.prefix(prefix);
  }

  private List<String> names(RangeResult result) {
    return result.entries().stream().map(e -> e.keyText().substring(prefix.length())).toList();
  }

  @Test
  void whatWasPutIsRead() {
    PutResult put = store.put(key("a"), "1");
    KeyValue entry = store.get(key("a")).orElseThrow();
    assertEquals("1", entry.valueText());
    assertEquals(put.revision(), entry.modRevision());
    assertEquals(put.revision(), entry.createRevision());
    assertEquals(1, entry.version());
    assertEquals(Optional.empty(), store.get(key("b")));
    assertTrue(store.put(key("a"), "2").revision() > put.revision());
  }

  @Test
  void keysAndValuesAreAnyBytes() {
    Bytes key = Bytes.of(prefix).concat(Bytes.copyOf(new byte[] {0, -1, (byte) 0x80}));
    Bytes value = Bytes.copyOf(new byte[] {-1, 0, 1});
    store.put(key, value);
    assertEquals(value, store.get(key).orElseThrow().value());
    Compare there = Compare.value(key).equalTo(value);
    assertTrue(store.txn(Txn.when(Compare.exists(key), there)).succeeded());
    assertTrue(store.delete(key));
    assertTrue(store.txn(Txn.when(Compare.missing(key))).succeeded());
  }

  @Test
  void putTellsWhatWasThereAndKeepsWhatItIsToldTo() {
    store.put(key("a"), "1");
    Put again = Put.of(key("a"), "2").returningPrevious();
    assertEquals("1", store.put(again).previous().orElseThrow().valueText());
    store.put(Put.keepingValue(Bytes.of(key("a"))));
    KeyValue entry = store.get(key("a")).orElseThrow();
    assertEquals("2", entry.valueText());
    assertEquals(3, entry.version());
  }

  @Test
  void rangeSortsLimitsAndFilters() {
    long first = store.put(key("a"), "3").revision();
    store.put(key("b"), "1");
    long third = store.put(key("c"), "2").revision();
    assertEquals(List.of("a", "b", "c"), names(store.range(Range.of(mine()))));
    RangeResult two = store.range(Range.of(mine()).limit(2));
    assertEquals(List.of("a", "b"), names(two));
    assertTrue(two.more());
    assertEquals(3, two.count());
    assertEquals(
        List.of("b", "c", "a"), names(store.range(Range.of(mine()).ascending(SortBy.VALUE))));
    assertEquals(
        List.of("c", "b", "a"),
        names(store.range(Range.of(mine()).descending(SortBy.CREATE_REVISION))));
    assertEquals(
        List.of("c"), names(store.range(Range.of(mine()).modifiedIn(new Revisions(third, 0)))));
    assertEquals(
        List.of("a"), names(store.range(Range.of(mine()).createdIn(new Revisions(0, first)))));
    assertEquals(List.of("b"), names(store.range(Range.of(Keys.between(key("b"), key("c"))))));
    RangeResult bare = store.range(Range.of(mine()).keysOnly().serializable());
    assertTrue(bare.entries().stream().allMatch(entry -> entry.value().isEmpty()));
    assertEquals(3, store.range(Range.of(mine()).countOnly()).count());
  }

  @Test
  void historyIsReadAtItsRevision() {
    long past = store.put(key("a"), "1").revision();
    store.put(key("a"), "2");
    store.delete(key("a"));
    assertEquals("1", store.range(Range.of(key("a")).at(past)).first().orElseThrow().valueText());
    assertEquals(Optional.empty(), store.get(key("a")));
  }

  @Test
  void streamReadsEverythingAtOneRevision() {
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 250; i += 50) {
      Put[] puts =
          IntStream.range(i, i + 50)
              .mapToObj(n -> Put.of(key("%04d".formatted(n)), "v".repeat(n)))
              .toArray(Put[]::new);
      store.txn(Txn.when().then(puts));
      IntStream.range(i, i + 50).forEach(n -> expected.add("%04d".formatted(n)));
    }
    List<String> seen = new ArrayList<>();
    store.stream(Range.of(mine()))
        .forEach(
            entry -> {
              if (seen.isEmpty()) {
                store.put(key("9999"), "too late for the stream");
              }
              seen.add(entry.keyText().substring(prefix.length()));
            });
    assertEquals(expected, seen);
    assertEquals(7, store.stream(Range.of(mine()).limit(7)).count());
  }

  @Test
  void streamFilters() {
    long first = store.put(key("a"), "1").revision();
    long second = store.put(key("b"), "2").revision();
    store.put(key("c"), "3");
    store.put(key("a"), "4");
    Range from = Range.of(mine()).modifiedIn(new Revisions(second, 0));
    Range later = from.createdIn(new Revisions(first + 1, 0));
    assertEquals(List.of(key("b"), key("c")), store.stream(later).map(KeyValue::keyText).toList());
    assertEquals(List.of(key("b")), store.stream(later.limit(1)).map(KeyValue::keyText).toList());
    assertEquals(1, store.stream(Range.of(key("a"))).count());
    assertThrows(IllegalArgumentException.class, () -> store.stream(Range.of(mine()).countOnly()));
  }

  @Test
  void deleteTellsWhatIsGone() {
    store.put(key("a"), "1");
    store.put(key("b"), "2");
    DeleteResult deleted = store.delete(Delete.of(mine()).returningPrevious());
    assertEquals(2, deleted.deleted());
    assertEquals(List.of("1", "2"), deleted.previous().stream().map(KeyValue::valueText).toList());
    assertFalse(store.delete(key("a")));
  }

  @Test
  void transactionDoesOneOfItsBranches() {
    Txn create =
        Txn.when(Compare.missing(key("a")))
            .then(Put.of(key("a"), "first"), Range.of(key("a")))
            .otherwise(Range.of(key("a")));
    TxnResult done = store.txn(create);
    assertTrue(done.succeeded());
    assertEquals("first", done.range(1).first().orElseThrow().valueText());
    TxnResult refused = store.txn(create);
    assertFalse(refused.succeeded());
    assertEquals(done.revision(), refused.range(0).first().orElseThrow().modRevision());

    Txn nested =
        Txn.when(
                Compare.exists(key("a")),
                Compare.value(key("a")).equalTo("first"),
                Compare.version(key("a")).lessThan(2L),
                Compare.modRevision(key("a")).greaterThan(0L),
                Compare.lease(Keys.one(key("a"))).notEqualTo(7L))
            .then(Txn.when().then(Delete.of(key("a"))));
    TxnResult outer = store.txn(nested);
    assertTrue(outer.succeeded());
    assertInstanceOf(TxnResult.class, outer.results().getFirst());
    assertEquals(Optional.empty(), store.get(key("a")));
  }

  @Test
  void refusalsAreTyped() {
    assertEquals(
        ErrorCode.EMPTY_KEY, assertThrows(RefusedException.class, () -> store.put("", "x")).code());
    assertEquals(
        ErrorCode.FUTURE_REV,
        assertThrows(
                RefusedException.class, () -> store.range(Range.of(key("a")).at(Long.MAX_VALUE)))
            .code());
    Txn twice = Txn.when().then(Put.of(key("a"), "1"), Put.of(key("a"), "2"));
    assertEquals(
        ErrorCode.DUPLICATE_KEY,
        assertThrows(RefusedException.class, () -> store.txn(twice)).code());
    assertEquals(
        ErrorCode.LEASE_NOT_FOUND,
        assertThrows(RefusedException.class, () -> store.put(Put.of(key("a"), "1").withLease(4711)))
            .code());
  }

  @Test
  void watchSeesEveryChangeInOrder() {
    long start = store.put(key("a"), "1").revision();
    WatchOptions all = WatchOptions.of(mine()).from(start).withPrevious();
    try (Watch watch = store.watch(all)) {
      store.txn(Txn.when().then(Put.of(key("b"), "2"), Delete.of(key("a"))));
      store.put(key("c"), "3");
      assertEquals("1", stored(watch.next()).valueText());
      assertEquals(start, watch.revision());
      WatchEvent second = watch.next();
      assertEquals("2", stored(second).valueText());
      assertTrue(watch.revision() < second.revision(), "half of a revision is none");
      WatchEvent.Deleted third = assertInstanceOf(WatchEvent.Deleted.class, watch.next());
      assertEquals(second.revision(), third.revision());
      assertEquals("1", third.previous().orElseThrow().valueText());
      assertTrue(watch.revision() >= third.revision());
      assertEquals("3", stored(watch.next()).valueText());
      assertEquals(Optional.empty(), watch.poll(Duration.ofMillis(50)));
    }
  }

  private static KeyValue stored(WatchEvent event) {
    return assertInstanceOf(WatchEvent.Stored.class, event).entry();
  }

  @Test
  void watchBeginsNowAndFilters() {
    store.put(key("a"), "1");
    try (Watch deletes = store.watch(WatchOptions.of(mine()).deletesOnly())) {
      // Only what happens after it is sure to be there can be expected of a watch from now on.
      try (Watch probe = store.watch(Keys.one(key("probe")))) {
        Optional<WatchEvent> seen = Optional.empty();
        while (seen.isEmpty()) {
          store.put(key("probe"), "");
          seen = probe.poll(Duration.ofMillis(100));
        }
      }
      Optional<WatchEvent> event = Optional.empty();
      while (event.isEmpty()) {
        store.put(key("b"), "2");
        store.delete(key("b"));
        event = deletes.poll(Duration.ofMillis(100));
      }
      assertInstanceOf(WatchEvent.Deleted.class, event.get());
    }
  }

  @Test
  void watchFromNowOnKnowsWhereItBegan() {
    long before = store.put(key("a"), "1").revision();
    try (Watch watch = store.watch(mine())) {
      long deadline = System.nanoTime() + SOON.toNanos();
      while (watch.revision() < before) {
        assertTrue(System.nanoTime() < deadline, "it never knows");
        assertEquals(Optional.empty(), watch.poll(Duration.ofMillis(1)));
      }
      assertTrue(watch.revision() <= store.status().revision());
    }
  }

  @Test
  void watchEndsWithItsReason() {
    Watch closed = store.watch(mine());
    assertEquals(Optional.empty(), closed.outcome());
    closed.close();
    closed.close();
    assertFalse(closed.hasNext());
    assertEquals(Optional.of(new WatchOutcome.Closed()), closed.outcome());

    long first = store.put(key("a"), "1").revision();
    long last = store.put(key("a"), "2").revision();
    store.compact(last);
    assertEquals(
        ErrorCode.COMPACTED,
        assertThrows(RefusedException.class, () -> store.range(Range.of(key("a")).at(first)))
            .code());
    try (Watch late = store.watch(WatchOptions.of(mine()).from(first))) {
      assertFalse(late.hasNext());
      assertEquals(Optional.of(new WatchOutcome.Compacted(last)), late.outcome());
    }
  }

  @Test
  void watchThatIsNotReadMissesNothing() {
    try (Watch watch = store.watch(WatchOptions.of(mine()).from(store.status().revision() + 1))) {
      for (int i = 0; i < 3000; i += 100) {
        store.txn(
            Txn.when()
                .then(
                    IntStream.range(i, i + 100)
                        .mapToObj(n -> Put.of(key(Integer.toString(n)), "x".repeat(500)))
                        .toArray(Put[]::new)));
      }
      for (int i = 0; i < 3000; i++) {
        assertEquals(key(Integer.toString(i)), watch.next().key().utf8());
      }
    }
  }

  @Test
  void interruptedThreadGetsAnExceptionAndStaysInterrupted() throws Exception {
    try (Watch watch = store.watch(mine())) {
      List<String> seen = new ArrayList<>();
      Thread waiting =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      seen.add("an event: " + watch.hasNext());
                    } catch (UnknownOutcomeException e) {
                      seen.add(e.code() + " " + Thread.currentThread().isInterrupted());
                    }
                  });
      waiting.interrupt();
      assertTrue(waiting.join(SOON));
      assertEquals(List.of("CANCELED true"), seen);
    }
  }

  @Test
  void leaseKeepsItsKeysWhileItIsOpen() throws Exception {
    Lease lease = store.lease(Duration.ofSeconds(2));
    store.put(Put.of(key("a"), "1").withLease(lease));
    LeaseStatus status = store.leaseStatus(lease.id()).orElseThrow();
    assertEquals(List.of(Bytes.of(key("a"))), status.keys());
    assertEquals(lease.ttl(), status.ttl());
    assertTrue(store.leases().contains(lease.id()));
    long end = System.nanoTime() + lease.ttl().plusMillis(1500).toNanos();
    try (Watch watch = store.watch(WatchOptions.of(mine()).deletesOnly())) {
      Optional<WatchEvent> gone =
          watch.poll(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      assertEquals(Optional.empty(), gone, "the lease was not renewed");
      assertTrue(lease.isAlive());
      lease.close();
      lease.close();
      assertEquals(key("a"), watch.next().key().utf8());
    }
    assertFalse(lease.isAlive());
    assertEquals(Optional.empty(), store.leaseStatus(lease.id()));
  }

  @Test
  void leaseNoticesThatItIsGone() throws Exception {
    try (Lease lease = store.lease(Duration.ofSeconds(2))) {
      assertTrue(store.revokeLease(lease.id()));
      assertFalse(store.revokeLease(lease.id()));
      lease.awaitEnd();
      assertFalse(lease.isAlive());
    }
  }

  @Test
  void statusTellsOfTheMember() {
    long revision = store.put(key("a"), "1").revision();
    Status status = store.status();
    assertTrue(status.revision() >= revision);
    assertTrue(status.memberId() != 0 && status.clusterId() != 0);
    assertTrue(status.version().startsWith("3."), status.version());
    assertEquals(List.of(), status.errors());
  }
}
