package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.Bytes;
import io.metastore.api.Election;
import io.metastore.api.ErrorCode;
import io.metastore.api.KeyValue;
import io.metastore.api.Keys;
import io.metastore.api.Lease;
import io.metastore.api.Lock;
import io.metastore.api.Metastore;
import io.metastore.api.Put;
import io.metastore.api.Range;
import io.metastore.api.RefusedException;
import io.metastore.api.Txn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Locks and elections, wherever the store is. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ConcurrencyContract extends MetastoreContract {
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final long SOON_SECONDS = 20;

  private final String name = "/" + UUID.randomUUID();

  /** Waits until so many stand in line. */
  private void awaitWaiting(int count) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SOON_SECONDS);
    while (store.range(Range.of(Keys.prefix(name + "/")).countOnly()).count() < count) {
      assertTrue(System.nanoTime() < deadline, "nobody comes");
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void lockHasEtcdsKeyAndIsGoneWhenReleased() {
    try (Lease lease = store.lease(TTL)) {
      Lock.Held held = store.lock(name).acquire(lease);
      assertEquals(Bytes.of(name + "/" + Long.toHexString(lease.id())), held.key());
      assertEquals(held.revision(), store.get(held.key()).orElseThrow().createRevision());
      assertTrue(held.isHeld());
      held.close();
      held.close();
      assertEquals(Optional.empty(), store.get(held.key()));
      assertFalse(store.txn(Txn.when(held.stillHeld()).then(Put.of(name, "x"))).succeeded());
    }
  }

  @Test
  void lockIsHeldByOneAtATimeInTheOrderOfArrival() throws Exception {
    List<Integer> order = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Lock.Held first = store.lock(name).acquire();
      List<Future<?>> others = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int number = i;
        others.add(
            threads.submit(
                () -> {
                  try (Lock.Held held = store.lock(name).acquire()) {
                    order.add(number);
                    assertTrue(store.txn(Txn.when(held.stillHeld())).succeeded());
                  }
                }));
        awaitWaiting(i + 2);
      }
      first.close();
      for (Future<?> other : others) {
        other.get(SOON_SECONDS, TimeUnit.SECONDS);
      }
    }
    assertEquals(List.of(0, 1, 2, 3), order);
  }

  @Test
  void lockThatIsTakenIsNotTriedForLonger() {
    try (Lease mine = store.lease(TTL);
        Lease other = store.lease(TTL);
        Lock.Held held = store.lock(name).acquire(mine)) {
      assertEquals(Optional.empty(), store.lock(name).tryAcquire(other, Duration.ZERO));
      assertEquals(Optional.empty(), store.lock(name).tryAcquire(other, Duration.ofMillis(50)));
      assertEquals(
          1, store.range(Range.of(Keys.prefix(name + "/")).countOnly()).count(), "a key is left");
      assertTrue(held.isHeld());
      assertTrue(
          store.lock(name).tryAcquire(mine, Duration.ZERO).isPresent(), "one lease, one lock");
    }
  }

  @Test
  void tryThatFailsKeepsThePlaceOfWhomTheLeaseIsShared() throws Exception {
    try (Lease mine = store.lease(TTL);
        Lease shared = store.lease(TTL);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Lock.Held first = store.lock(name).acquire(mine);
      Future<Lock.Held> waiting = threads.submit(() -> store.lock(name).acquire(shared));
      awaitWaiting(2);
      assertEquals(Optional.empty(), store.lock(name).tryAcquire(shared, Duration.ZERO));
      first.close();
      try (Lock.Held second = waiting.get(SOON_SECONDS, TimeUnit.SECONDS)) {
        assertTrue(store.txn(Txn.when(second.stillHeld())).succeeded());
      }
    }
  }

  @Test
  void placeThatSomebodyDeletesIsToldAsSuch() throws Exception {
    try (Lease mine = store.lease(TTL);
        Lease other = store.lease(TTL);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Lock.Held held = store.lock(name).acquire(mine);
      Future<Lock.Held> waiting = threads.submit(() -> store.lock(name).acquire(other));
      awaitWaiting(2);
      store.delete(name + "/" + Long.toHexString(other.id()));
      held.close();
      ExecutionException failure =
          assertThrows(ExecutionException.class, () -> waiting.get(SOON_SECONDS, TimeUnit.SECONDS));
      RefusedException refused = assertInstanceOf(RefusedException.class, failure.getCause());
      assertEquals(ErrorCode.KEY_NOT_FOUND, refused.code());
      assertTrue(other.isAlive());
    }
  }

  @Test
  void lockIsLostWithItsLease() {
    Lease lease = store.lease(TTL);
    Lock.Held held = store.lock(name).acquire(lease);
    CompletableFuture<Lock.Held> next = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> next.complete(store.lock(name).acquire()));
    lease.close();
    assertFalse(held.isHeld());
    Lock.Held other = next.orTimeout(SOON_SECONDS, TimeUnit.SECONDS).join();
    assertTrue(other.revision() > held.revision());
    assertFalse(store.txn(Txn.when(held.stillHeld())).succeeded());
    other.close();
    assertThrows(RefusedException.class, () -> store.lock(name).acquire(lease));
  }

  @Test
  void electionIsWonByOneAndSeenByAll() throws Exception {
    Election election = store.election(name);
    assertEquals(Optional.empty(), election.leader());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Election.Leaders leaders = election.observe()) {
      Election.Leadership first = election.campaign("one");
      Future<Election.Leadership> waiting = threads.submit(() -> election.campaign("two"));
      awaitWaiting(2);
      assertEquals("one", leaders.next().valueText());
      first.proclaim("one, still");
      assertEquals("one, still", leaders.next().valueText());
      assertEquals("one, still", election.leader().map(KeyValue::valueText).orElseThrow());
      assertTrue(first.isLeading());
      first.close();
      try (Election.Leadership second = waiting.get(SOON_SECONDS, TimeUnit.SECONDS)) {
        assertEquals("two", leaders.next().valueText());
        assertTrue(second.revision() > first.revision());
        assertThrows(RefusedException.class, () -> first.proclaim("too late"));
        assertFalse(store.txn(Txn.when(first.stillLeading())).succeeded());
      }
    }
  }

  @Test
  void electionThatIsLostIsNotWaitedForLonger() {
    Election election = store.election(name);
    try (Lease mine = store.lease(TTL);
        Lease other = store.lease(TTL)) {
      try (Election.Leadership leadership =
          election.tryCampaign(mine, "one", Duration.ZERO).orElseThrow()) {
        assertTrue(leadership.isLeading());
        assertEquals(Optional.empty(), election.tryCampaign(other, "two", Duration.ofMillis(50)));
        assertEquals(
            1, store.range(Range.of(Keys.prefix(name + "/")).countOnly()).count(), "a key is left");
      }
      assertTrue(election.tryCampaign(other, "two", Duration.ofSeconds(SOON_SECONDS)).isPresent());
    }
  }

  @Test
  void closedStoreRefuses() throws Exception {
    Metastore other = another();
    Metastore view = other.withTimeout(Duration.ofSeconds(3));
    assertEquals(Optional.empty(), view.get(name));
    assertEquals(Optional.empty(), other.failure());
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    other.awaitEnd();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    other.close();
    other.close();
    assertEquals(
        ErrorCode.STOPPED, assertThrows(RefusedException.class, () -> other.get("a")).code());
    assertThrows(RefusedException.class, () -> other.lease(TTL));
    assertThrows(RefusedException.class, () -> other.watch(Keys.one("a")));
    assertThrows(RefusedException.class, () -> view.get("a"));
    assertTrue(waiting.join(Duration.ofSeconds(SOON_SECONDS)), "it waits on");
    assertEquals(Optional.empty(), other.failure());
  }

  /** A store of its own, to be closed by the test. */
  abstract Metastore another();
}
