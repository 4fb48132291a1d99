package io.metastore.api;

import java.util.List;

/**
 * What a {@link Delete} did.
 *
 * @param revision the revision it made, or the newest one when there was nothing to delete
 * @param deleted how many keys are gone
 * @param previous what they were, if that was asked for
 */
public record DeleteResult(long revision, long deleted, List<KeyValue> previous) implements Result {
  /** Copies the list. */
  public DeleteResult {
    previous = List.copyOf(previous);
  }
}
