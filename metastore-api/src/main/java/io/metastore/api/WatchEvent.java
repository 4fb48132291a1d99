package io.metastore.api;

import java.util.Optional;

/** A change of one key. */
public sealed interface WatchEvent {
  /** The key that changed. */
  Bytes key();

  /** The revision that changed it. */
  long revision();

  /** What was there before, if that was asked for and there was something. */
  Optional<KeyValue> previous();

  /**
   * A key was put.
   *
   * @param entry as it is since then
   * @param previous what was there before, if that was asked for and there was something
   */
  record Stored(KeyValue entry, Optional<KeyValue> previous) implements WatchEvent {
    @Override
    public Bytes key() {
      return entry.key();
    }

    @Override
    public long revision() {
      return entry.modRevision();
    }
  }

  /**
   * A key was deleted, or its lease ended.
   *
   * @param key the key that is gone
   * @param revision the revision that deleted it
   * @param previous what was there before, if that was asked for
   */
  record Deleted(Bytes key, long revision, Optional<KeyValue> previous) implements WatchEvent {}
}
