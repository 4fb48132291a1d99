package io.metastore.testkit.model;

/**
 * A live key at some revision.
 *
 * @param key its bytes, one in each character
 * @param value its bytes, one in each character
 * @param create the revision in which this life of the key began
 * @param mod the revision of the last put
 * @param version how many puts there were in this life
 * @param lease 0 for none
 */
public record KeyState(String key, String value, long create, long mod, long version, long lease) {
  /** The same with an empty value. */
  KeyState withoutValue() {
    return new KeyState(key, "", create, mod, version, lease);
  }

  /** The same with an empty value and no lease, as an answer from an index alone. */
  KeyState indexed() {
    return new KeyState(key, "", create, mod, version, 0);
  }
}
