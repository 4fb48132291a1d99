package io.metastore.raft;

import io.metastore.core.Reply;
import io.metastore.core.task.TaskScope;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Answers those who wait for a large entry, while the apply loop goes on with the next one. Small
 * entries are answered by the apply loop: a hand-over would cost them more than it saves.
 *
 * <p>Thread-safe.
 */
final class AnswerLoop {
  /** Entries that wait to be answered; when there are more, the apply loop answers itself. */
  private static final int QUEUE_MAX = 4;

  private record Answered(List<PendingProposal> proposals, List<Reply> replies) {
    void tell() {
      for (int i = 0; i < replies.size(); i++) {
        proposals.get(i).outcome().complete(replies.get(i));
      }
    }
  }

  private final HandoverQueue<Answered> queue = new HandoverQueue<>(QUEUE_MAX);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean started;

  /** Starts the loop as a task of a scope; what is answered before is answered at once. */
  void start(TaskScope scope) {
    // A platform thread: it works for as long as the apply loop does, on another processor.
    scope.forkPlatform("answers", this::loop);
    started = true;
  }

  /**
   * Answers proposals, now or soon.
   *
   * @param replies one for each proposal, in the same order
   */
  void answer(List<PendingProposal> proposals, List<Reply> replies) {
    Answered answered = new Answered(proposals, replies);
    boolean handedOver =
        started
            && replies.size() >= Proposer.LARGE_MIN
            && queue.offer(answered) == HandoverQueue.Offer.ACCEPTED;
    if (!handedOver) {
      answered.tell();
    }
  }

  private void loop() throws InterruptedException {
    try {
      List<Answered> taken = queue.take(1, Long.MAX_VALUE);
      while (!taken.isEmpty()) {
        taken.getFirst().tell();
        taken = queue.take(1, Long.MAX_VALUE);
      }
    } finally {
      queue.end().forEach(Answered::tell);
      ended.countDown();
    }
  }

  /**
   * Ends the loop when all that was handed over is answered; what is answered later is answered at
   * once. Closing twice is harmless.
   *
   * @throws InterruptedException when interrupted while waiting
   */
  void close() throws InterruptedException {
    queue.close();
    if (started) {
      ended.await();
    }
  }
}
