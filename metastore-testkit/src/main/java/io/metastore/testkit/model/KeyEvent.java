package io.metastore.testkit.model;

import java.util.Optional;

/**
 * A change of a key, as a watcher is told of it.
 *
 * @param put false for a delete
 * @param key the key as it is afterwards; of a deleted one only its name and the revision
 * @param previous the key before the event's revision, when it was live and was asked for
 */
public record KeyEvent(boolean put, KeyState key, Optional<KeyState> previous) {
  /** A put. */
  static KeyEvent put(KeyState key, Optional<KeyState> previous) {
    return new KeyEvent(true, key, previous);
  }

  /** A delete. */
  static KeyEvent delete(String key, long revision, Optional<KeyState> previous) {
    return new KeyEvent(false, new KeyState(key, "", 0, revision, 0, 0), previous);
  }

  /** The revision of the change. */
  public long revision() {
    return key.mod();
  }

  /** The event as it is told when nobody asked for what was there before. */
  public KeyEvent plain() {
    return new KeyEvent(put, key, Optional.empty());
  }
}
