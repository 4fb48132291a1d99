package io.metastore.core.lease;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * How a member that does not lead asks the leader, which alone knows when leases end. Thread-safe;
 * nothing blocks. Futures fail with a {@link MetastoreException}.
 */
public interface LeasePeers {
  /** For who asks nobody: fails with {@code NOT_LEADER}. */
  LeasePeers NONE = new LeasePeers() {};

  /**
   * Renews a lease.
   *
   * @param leader the member to ask
   * @return the TTL, 0 when there is no such lease; fails with {@code LEADER_CHANGED} when the
   *     member asked does not lead or does not answer
   */
  default CompletableFuture<Long> renew(long leader, long id, Duration timeout) {
    return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.NOT_LEADER));
  }

  /**
   * Asks for what is left of a lease.
   *
   * @param leader the member to ask
   * @return whole seconds; empty when there is no such lease; fails as {@link #renew} does
   */
  default CompletableFuture<OptionalLong> remainingSeconds(long leader, long id, Duration timeout) {
    return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.NOT_LEADER));
  }

  /**
   * Asks for all leases.
   *
   * @param leader the member to ask
   * @return the one that ends first first; fails as {@link #renew} does
   */
  default CompletableFuture<List<Long>> ids(long leader, Duration timeout) {
    return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.NOT_LEADER));
  }
}
