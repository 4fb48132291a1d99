package io.metastore.api;

/**
 * Deletes keys, all in one revision.
 *
 * @param keys which keys
 * @param returnsPrevious whether the answer has what was deleted
 */
public record Delete(Keys keys, boolean returnsPrevious) implements Operation {
  /** Deletes these keys. */
  public static Delete of(Keys keys) {
    return new Delete(keys, false);
  }

  /** Deletes one key. */
  public static Delete of(Bytes key) {
    return of(Keys.one(key));
  }

  /** Deletes one key. */
  public static Delete of(String key) {
    return of(Keys.one(key));
  }

  /** The same, answering with what was deleted. */
  public Delete returningPrevious() {
    return new Delete(keys, true);
  }
}
