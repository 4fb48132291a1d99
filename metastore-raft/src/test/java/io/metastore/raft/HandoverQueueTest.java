package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.testkit.storage.Together;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HandoverQueueTest {
  private static final long ALL = Long.MAX_VALUE;

  private final HandoverQueue<Integer> queue = new HandoverQueue<>(3, element -> element, ALL);

  private List<Integer> take() throws InterruptedException {
    return queue.take(100, ALL);
  }

  private void offer(int... elements) {
    for (int element : elements) {
      assertEquals(HandoverQueue.Offer.ACCEPTED, queue.offer(element));
    }
  }

  /** What a thread of a test does. */
  private interface Body {
    void run() throws InterruptedException;
  }

  /** Starts a thread and returns when it waits. */
  private static Thread waiting(Body body) throws InterruptedException {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    body.run();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    Together.await("the thread waits", () -> thread.getState() == Thread.State.WAITING);
    return thread;
  }

  @Test
  void capacityIsAtLeastOne() {
    assertThrows(IllegalArgumentException.class, () -> new HandoverQueue<>(0));
  }

  @Test
  void elementsComeOutInTheirOrder() throws Exception {
    offer(1, 2, 3);
    assertEquals(3, queue.size());
    assertEquals(List.of(1, 2, 3), take());
    assertEquals(0, queue.size());
  }

  @Test
  void anOfferToAFullQueueIsRefused() throws Exception {
    offer(1, 2, 3);
    assertEquals(HandoverQueue.Offer.FULL, queue.offer(4));
    assertEquals(List.of(1), queue.take(1, ALL));
    offer(5);
    assertEquals(List.of(2, 3, 5), take());
  }

  @Test
  void aTakeIsBoundedByCountAndWeight() throws Exception {
    offer(5, 1, 1);
    assertEquals(List.of(5), queue.take(100, 5));
    assertEquals(List.of(1), queue.take(1, 5));
    offer(4, 1);
    assertEquals(List.of(1, 4), queue.take(100, 5));
    assertEquals(List.of(1), queue.take(100, 5));
  }

  @Test
  void theFirstElementIsTakenWhateverItWeighs() throws Exception {
    offer(50, 1);
    assertEquals(List.of(50), queue.take(100, 5));
    assertEquals(List.of(1), queue.take(100, 5));
  }

  @Test
  void whatWaitsIsBoundedByWeightToo() throws Exception {
    HandoverQueue<Integer> heavy = new HandoverQueue<>(10, element -> element, 6);
    assertEquals(HandoverQueue.Offer.ACCEPTED, heavy.offer(4));
    assertEquals(HandoverQueue.Offer.FULL, heavy.offer(3));
    assertEquals(HandoverQueue.Offer.ACCEPTED, heavy.offer(2));
    assertEquals(List.of(4), heavy.take(1, ALL));
    assertEquals(HandoverQueue.Offer.ACCEPTED, heavy.offer(4));
    assertEquals(List.of(2, 4), heavy.end());
  }

  @Test
  void anElementThatIsHeavierThanAllowedComesInAlone() throws Exception {
    HandoverQueue<Integer> heavy = new HandoverQueue<>(10, element -> element, 6);
    assertEquals(HandoverQueue.Offer.ACCEPTED, heavy.offer(50));
    assertEquals(HandoverQueue.Offer.FULL, heavy.offer(1));
    assertEquals(List.of(50), heavy.take(1, ALL));
    assertEquals(HandoverQueue.Offer.ACCEPTED, heavy.offer(1));
  }

  @Test
  void aClosedQueueTakesNothingAndHandsOutWhatIsLeft() throws Exception {
    offer(1, 2);
    queue.close();
    queue.close();
    assertEquals(HandoverQueue.Offer.CLOSED, queue.offer(3));
    assertFalse(queue.put(3));
    assertEquals(List.of(1), queue.take(1, ALL));
    assertEquals(List.of(2), take());
    assertEquals(List.of(), take());
    assertEquals(List.of(), take());
  }

  @Test
  void anEndedQueueHasNothingLeftForTheReader() throws Exception {
    offer(1, 2);
    assertEquals(List.of(1, 2), queue.end());
    assertEquals(List.of(), queue.end());
    assertEquals(HandoverQueue.Offer.CLOSED, queue.offer(3));
    assertEquals(List.of(), take());
  }

  @Test
  void everythingWaitingIsVisitedOldestFirst() {
    offer(1, 2);
    List<Integer> visited = new ArrayList<>();
    queue.forEach(visited::add);
    assertEquals(List.of(1, 2), visited);
    assertEquals(2, queue.size());
  }

  @Test
  void aWaitingPutGoesOnWhenThereIsRoom() throws Exception {
    offer(1, 2, 3);
    AtomicReference<Boolean> outcome = new AtomicReference<>();
    Thread writer = waiting(() -> outcome.set(queue.put(4)));
    assertEquals(List.of(1), queue.take(1, ALL));
    writer.join();
    assertEquals(true, outcome.get());
    assertEquals(List.of(2, 3, 4), take());
  }

  @Test
  void closingWakesWaitingPuts() throws Exception {
    offer(1, 2, 3);
    AtomicInteger refused = new AtomicInteger();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      writers.add(
          waiting(
              () -> {
                if (!queue.put(4)) {
                  refused.incrementAndGet();
                }
              }));
    }
    queue.close();
    for (Thread writer : writers) {
      writer.join();
    }
    assertEquals(3, refused.get());
    assertEquals(List.of(1, 2, 3), take());
  }

  @Test
  void closingWakesTheWaitingReader() throws Exception {
    AtomicReference<List<Integer>> taken = new AtomicReference<>();
    Thread reader = waiting(() -> taken.set(take()));
    queue.close();
    reader.join();
    assertEquals(List.of(), taken.get());
  }

  @Test
  void waitingCanBeInterrupted() throws Exception {
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread reader =
        waiting(
            () -> {
              try {
                take();
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
            });
    reader.interrupt();
    reader.join();
    assertEquals(true, interrupted.get());
  }

  @Test
  void manyWritersLoseNothingAndKeepTheirOwnOrder() throws Exception {
    int writers = 4;
    int each = 20_000;
    List<Integer> taken = new ArrayList<>();
    try (Together threads = new Together()) {
      for (int w = 0; w < writers; w++) {
        int first = w * each;
        threads.run(
            () -> {
              for (int i = 0; i < each; i++) {
                assertTrue(queue.put(first + i));
              }
              return 0;
            });
      }
      while (taken.size() < writers * each) {
        taken.addAll(queue.take(2, ALL));
      }
      threads.join();
    }
    for (int w = 0; w < writers; w++) {
      int first = w * each;
      List<Integer> own = taken.stream().filter(e -> e >= first && e < first + each).toList();
      assertEquals(own.stream().sorted().toList(), own);
      assertEquals(each, own.size());
    }
  }

  @Test
  void writersAndACloseTogetherLoseNothingThatWasAccepted() throws Exception {
    for (int round = 0; round < 300; round++) {
      HandoverQueue<Integer> closing = new HandoverQueue<>(2);
      AtomicInteger accepted = new AtomicInteger();
      AtomicInteger taken = new AtomicInteger();
      try (Together threads = new Together()) {
        for (int w = 0; w < 2; w++) {
          threads.run(
              () -> {
                while (closing.put(1)) {
                  accepted.incrementAndGet();
                }
                return 0;
              });
        }
        threads.run(
            () -> {
              int seen = 0;
              while (true) {
                List<Integer> some = closing.take(3, ALL);
                if (some.isEmpty()) {
                  return 0;
                }
                seen = taken.addAndGet(some.size());
                if (seen > 20) {
                  closing.close();
                }
              }
            });
        threads.join();
      }
      assertEquals(accepted.get(), taken.get());
    }
  }
}
