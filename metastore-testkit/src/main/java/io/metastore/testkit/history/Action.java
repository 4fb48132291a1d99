package io.metastore.testkit.history;

import java.util.Optional;

/** What a client asked for on one key. */
public sealed interface Action {
  /** Writes a value. */
  record Put(String value) implements Action {}

  /** Reads the value. */
  record Get() implements Action {}

  /** Deletes the key. */
  record Delete() implements Action {}

  /**
   * Writes a value if the key has an expected one.
   *
   * @param expected empty for a key that is expected not to exist
   */
  record CompareAndSwap(Optional<String> expected, String value) implements Action {}

  /** Whether it may change the key. */
  default boolean writes() {
    return !(this instanceof Get);
  }
}
