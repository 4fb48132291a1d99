package io.metastore.api;

/**
 * A key with its value, as of some revision.
 *
 * @param key the key
 * @param value its value; empty too when only keys were asked for
 * @param createRevision the revision in which the key came to be
 * @param modRevision the revision in which it was last put
 * @param version how many times it was put since it came to be; 1 for the first
 * @param lease the lease that it ends with, 0 for none
 */
public record KeyValue(
    Bytes key, Bytes value, long createRevision, long modRevision, long version, long lease) {
  /** The key as text. */
  public String keyText() {
    return key.utf8();
  }

  /** The value as text. */
  public String valueText() {
    return value.utf8();
  }
}
