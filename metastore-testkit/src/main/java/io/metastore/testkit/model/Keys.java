package io.metastore.testkit.model;

/**
 * Which keys a command is for, as etcd words it.
 *
 * @param key the first
 * @param end empty for the one key alone, {@code "\0"} for all from the first on, otherwise the
 *     first key behind them
 */
public record Keys(String key, String end) {
  /** The end of keys that have none. */
  public static final String OPEN = "\0";

  /** One key. */
  public static Keys of(String key) {
    return new Keys(key, "");
  }

  /** Every key there is. */
  public static Keys all() {
    return new Keys(OPEN, OPEN);
  }

  /** Whether a key is one of them. */
  public boolean contains(String candidate) {
    return end.equals(OPEN) ? candidate.compareTo(key) >= 0 : containsLiterally(candidate);
  }

  /** The same, with an open end taken as it stands: as the check of transactions does. */
  boolean containsLiterally(String candidate) {
    return end.isEmpty()
        ? candidate.equals(key)
        : candidate.compareTo(key) >= 0 && candidate.compareTo(end) < 0;
  }
}
