package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.core.message.Proposal;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PendingProposalTest {
  private static PendingProposal pending(Duration timeout, long nowNanos) {
    return PendingProposal.of(Proposal.getDefaultInstance(), timeout, nowNanos);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5, Long.MAX_VALUE, Long.MIN_VALUE})
  void itExpiresAtItsDeadline(long now) {
    PendingProposal pending = pending(Duration.ofNanos(10), now);
    assertFalse(pending.isExpired(now + 9));
    assertTrue(pending.isExpired(now + 10));
  }

  /** The sweeper may have looked at the clock before the command was proposed. */
  @ParameterizedTest
  @ValueSource(longs = {0, 5, Long.MAX_VALUE, Long.MIN_VALUE})
  void theLongestTimeoutIsNotOverForAClockReadBefore(long now) {
    PendingProposal pending = pending(Duration.ofSeconds(Long.MAX_VALUE), now);
    assertFalse(pending.isExpired(now - 1_000_000));
    assertFalse(pending.isExpired(now + Duration.ofDays(365).toNanos()));
  }
}
