package io.metastore.raft;

import io.metastore.core.NodeMetrics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what a member tells of itself and others. Thread-safe. */
final class Figures implements NodeMetrics {
  private final Map<Long, Integer> answers = new ConcurrentHashMap<>();
  private final List<Boolean> images = new CopyOnWriteArrayList<>();
  private final AtomicInteger promoted = new AtomicInteger();

  @Override
  public void heartbeatAnswered(long member, long durationNanos) {
    if (durationNanos > 0) {
      answers.merge(member, 1, Integer::sum);
    }
  }

  @Override
  public void imageInstalling(boolean begins) {
    images.add(begins);
  }

  @Override
  public void learnerPromoted() {
    promoted.incrementAndGet();
  }

  /** How many heartbeats a member has answered. */
  int answers(long member) {
    return answers.getOrDefault(member, 0);
  }

  /** Beginnings and ends, in their order. */
  List<Boolean> images() {
    return List.copyOf(images);
  }

  int promoted() {
    return promoted.get();
  }
}
