package io.metastore.core.mvcc;

/** What a command did to a lease, as the leader's expirer is told of it. */
public sealed interface LeaseChange {
  /** The lease. */
  long id();

  /** It was granted. */
  record Granted(long id, long ttlSeconds) implements LeaseChange {}

  /** It was revoked, and its keys are deleted. */
  record Revoked(long id) implements LeaseChange {}
}
