package io.metastore.testkit.watch;

import io.metastore.testkit.watch.RecordedWatch.Part;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What etcd promises of a watch. Source: etcd's API guarantees page, and {@code
 * tests/robustness/validate/watch.go} for what is checked.
 */
public enum WatchGuarantee {
  /** Only events of the keys and kinds that were asked for, from the revision asked for, come. */
  FILTERABLE(GuaranteeChecks::filterable),

  /** Events come in the order in which they happened. */
  ORDERED(GuaranteeChecks::ordered),

  /** No event comes twice on one stream. */
  UNIQUE(GuaranteeChecks::unique),

  /** All events of a revision come in one response, which may be cut in fragments. */
  ATOMIC(GuaranteeChecks::atomic),

  /** After a bookmark at a revision nothing comes of it or of an earlier one: it came before. */
  BOOKMARKABLE(GuaranteeChecks::bookmarkable),

  /** A stream begins with the first event that is wanted from its revision on. */
  RESUMABLE(GuaranteeChecks::resumable),

  /** Every event that is wanted comes, with what it really put, and no other. */
  RELIABLE(GuaranteeChecks::reliable),

  /** Events carry what they replaced, when that is asked for and can still be read. */
  PREV_KV(GuaranteeChecks::prevKv);

  /** One of the checks, on one stream. */
  @FunctionalInterface
  interface Check {
    /**
     * Looks for a breach.
     *
     * @param last whether no other stream followed, so that all of history is due
     * @return what is wrong, if anything
     */
    Optional<String> breach(RecordedWatch watch, Part part, boolean last, EventHistory history);
  }

  // Kept with the enum's constants, and stateless.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Check check;

  WatchGuarantee(Check check) {
    this.check = check;
  }

  /** How this guarantee was broken, if it was. */
  public Optional<String> breach(RecordedWatch watch, EventHistory history) {
    for (int i = 0; i < watch.parts().size(); i++) {
      boolean last = i == watch.parts().size() - 1;
      Optional<String> breach = check.breach(watch, watch.parts().get(i), last, history);
      if (breach.isPresent()) {
        return Optional.of("stream " + i + ": " + breach.get());
      }
    }
    return Optional.empty();
  }

  /**
   * Which guarantees were broken, and how.
   *
   * @param watch recorded until it had everything of the history
   */
  public static Map<WatchGuarantee, String> broken(RecordedWatch watch, EventHistory history) {
    Map<WatchGuarantee, String> broken = new EnumMap<>(WatchGuarantee.class);
    for (WatchGuarantee guarantee : values()) {
      guarantee.breach(watch, history).ifPresent(breach -> broken.put(guarantee, breach));
    }
    return broken;
  }
}
