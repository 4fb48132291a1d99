package io.metastore.core.lease;

import java.util.concurrent.CompletableFuture;

/** What came of an attempt to renew a lease. */
sealed interface Renewal {
  /** It lives for its whole TTL again. */
  record Renewed(long ttlSeconds) implements Renewal {}

  /** There is no such lease. */
  record Unknown() implements Renewal {}

  /**
   * It has expired and is about to be revoked: too late.
   *
   * @param over completes when the lease is gone, or this member no longer leads
   */
  record Expired(CompletableFuture<Void> over) implements Renewal {}

  /**
   * The log holds a remaining TTL that a next leader would go by: it must be taken back first.
   *
   * @param sequence says which, to {@link LeaseDeadlines#uncheckpointed}
   */
  record Checkpointed(long sequence) implements Renewal {}
}
