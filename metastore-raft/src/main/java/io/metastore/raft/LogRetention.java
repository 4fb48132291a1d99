package io.metastore.raft;

import java.util.function.LongConsumer;

/**
 * How much of the log is kept behind what the engine has flushed: what one more flush covers, so
 * that a member that was away for a while catches up from the log and needs no image.
 *
 * <p>Belongs to the flusher's thread.
 */
final class LogRetention {
  private final LongConsumer purge;
  private long before = -1;

  /**
   * Creates the rule.
   *
   * @param purge removes the log up to an index
   */
  LogRetention(LongConsumer purge) {
    this.purge = purge;
  }

  /** The engine was flushed and has everything up to an index. */
  void flushed(long index) {
    if (before >= 0) {
      purge.accept(before);
    }
    before = index;
  }
}
