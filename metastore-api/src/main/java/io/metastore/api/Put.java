package io.metastore.api;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Writes a key.
 *
 * @param key the key, not empty
 * @param value its new value; empty to keep the one it has
 * @param lease the lease it ends with, 0 for none; empty to keep the one it has
 * @param returnsPrevious whether the answer has what was there before
 */
public record Put(Bytes key, Optional<Bytes> value, OptionalLong lease, boolean returnsPrevious)
    implements Operation {
  /** Writes a key without a lease. */
  public static Put of(Bytes key, Bytes value) {
    return new Put(key, Optional.of(value), OptionalLong.of(0), false);
  }

  /** Writes a key without a lease. */
  public static Put of(String key, String value) {
    return of(Bytes.of(key), Bytes.of(value));
  }

  /** Writes a key that must exist, with the value it has: it gets a new revision, no lease. */
  public static Put keepingValue(Bytes key) {
    return new Put(key, Optional.empty(), OptionalLong.of(0), false);
  }

  /** The same with a lease: the key is deleted when the lease ends. */
  public Put withLease(Lease open) {
    return withLease(open.id());
  }

  /** The same with a lease by its id. */
  public Put withLease(long id) {
    return new Put(key, value, OptionalLong.of(id), returnsPrevious);
  }

  /** The same with the lease that the key has already; it must exist. */
  public Put keepingLease() {
    return new Put(key, value, OptionalLong.empty(), returnsPrevious);
  }

  /** The same, answering with what was there before. */
  public Put returningPrevious() {
    return new Put(key, value, lease, true);
  }
}
