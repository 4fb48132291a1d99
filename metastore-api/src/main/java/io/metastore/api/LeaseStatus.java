package io.metastore.api;

import java.time.Duration;
import java.util.List;

/**
 * What the store knows of a lease.
 *
 * @param id its number
 * @param ttl how long it lives after a renewal
 * @param remaining what is left of that, in whole seconds
 * @param keys what ends with it
 */
public record LeaseStatus(long id, Duration ttl, Duration remaining, List<Bytes> keys) {
  /** Copies the list. */
  public LeaseStatus {
    keys = List.copyOf(keys);
  }
}
