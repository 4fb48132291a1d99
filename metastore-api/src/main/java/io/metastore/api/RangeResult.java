package io.metastore.api;

import java.util.List;
import java.util.Optional;

/**
 * What a {@link Range} found.
 *
 * @param revision the store's newest revision; reading again at it gives the same
 * @param entries the keys that were asked for, in the order that was asked for
 * @param more true when the limit left some out
 * @param count how many keys there are, without the limit
 */
public record RangeResult(long revision, List<KeyValue> entries, boolean more, long count)
    implements Result {
  /** Copies the list. */
  public RangeResult {
    entries = List.copyOf(entries);
  }

  /** The first key, when there is one. */
  public Optional<KeyValue> first() {
    return entries.stream().findFirst();
  }
}
