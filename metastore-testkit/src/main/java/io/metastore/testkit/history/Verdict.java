package io.metastore.testkit.history;

/** What a checker found. */
public sealed interface Verdict {
  /** There is an order that explains everything. */
  record Linearizable() implements Verdict {}

  /**
   * There is none.
   *
   * @param key the first key that cannot be explained
   * @param explanation the longest order that was found, and what does not fit behind it
   */
  record Violation(String key, String explanation) implements Verdict {}

  /**
   * It would take too long to tell.
   *
   * @param key the key that was given up
   * @param steps after how many
   */
  record Undecided(String key, long steps) implements Verdict {}
}
