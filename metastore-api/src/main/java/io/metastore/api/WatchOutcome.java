package io.metastore.api;

/** Why a watch gives no more events. */
public sealed interface WatchOutcome {
  /** It was closed, or its store was. */
  record Closed() implements WatchOutcome {}

  /**
   * Changes that it had yet to see were compacted. Read the keys again and watch from there.
   *
   * @param revision the oldest that can still be watched from
   */
  record Compacted(long revision) implements WatchOutcome {}

  /**
   * It was refused, or the store failed.
   *
   * @param cause why
   */
  record Failed(MetastoreException cause) implements WatchOutcome {}
}
