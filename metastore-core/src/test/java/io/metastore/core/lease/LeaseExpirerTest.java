package io.metastore.core.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.LeaseKeepAliveResponse;
import io.metastore.core.message.Proposal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When leases end, by a clock that the test moves. */
final class LeaseExpirerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir Path directory;
  private LeaseRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new LeaseRig(directory.resolve("store"));
  }

  private void startWithCheckpoints() throws Exception {
    rig.close();
    rig = new LeaseRig(directory.resolve("checkpoints"), Duration.ofSeconds(10));
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private long revokes() {
    return rig.consensus.proposed().stream().filter(Proposal::hasLeaseRevoke).count();
  }

  @Test
  @DisplayName("62: a lease ends within a check after its TTL, with its keys, through the log")
  void leaseExpiresAfterItsTtl() throws Exception {
    rig.grant(1, 5);
    rig.put("k", 1);
    rig.pass(Duration.ofMillis(4500));
    assertTrue(rig.exists(1));
    rig.pass(Duration.ofMillis(500));
    assertFalse(rig.exists(1));
    assertEquals(List.of(), rig.leaseOf("k"));
    assertEquals(1, revokes());
  }

  @Test
  @DisplayName("62: at most 1000 leases are revoked each second")
  void revokesAreBoundedInRate() throws Exception {
    for (int i = 1; i <= 2600; i++) {
      rig.grant(i, 5);
    }
    rig.pass(Duration.ofSeconds(5));
    assertEquals(500, revokes());
    rig.pass(SECOND);
    assertEquals(1500, revokes());
    rig.pass(Duration.ofSeconds(2));
    assertEquals(2600, revokes());
    assertEquals(List.of(), rig.leases());
  }

  @Test
  @DisplayName("62: revokes that are not answered are bounded in number")
  void revokesPendingAreBounded() throws Exception {
    for (int i = 1; i <= 2600; i++) {
      rig.grant(i, 5);
    }
    rig.consensus.hold();
    rig.pass(Duration.ofSeconds(20));
    assertEquals(LeaseExpirer.REVOKES_PENDING_MAX, revokes());
    rig.consensus.release();
    rig.pass(Duration.ofSeconds(3));
    assertEquals(List.of(), rig.leases());
  }

  @Test
  @DisplayName("62: a revoke that fails is tried again")
  void failedRevokeIsRetried() throws Exception {
    rig.grant(1, 5);
    rig.consensus.failProposals(true);
    rig.pass(Duration.ofSeconds(8));
    assertTrue(rig.exists(1));
    rig.consensus.failProposals(false);
    rig.pass(SECOND);
    assertFalse(rig.exists(1));
  }

  @Test
  @DisplayName("62: a member that does not lead ends nothing")
  void followerExpiresNothing() throws Exception {
    rig.grant(1, 5);
    rig.consensus.follow();
    rig.pass(Duration.ofSeconds(60));
    assertEquals(0, revokes());
  }

  @Test
  @DisplayName("62: a new leader gives every lease its full TTL and the election timeout")
  void newLeaderExtends() throws Exception {
    rig.grant(1, 5);
    rig.pass(Duration.ofSeconds(4));
    rig.consensus.lead();
    rig.check();
    assertEquals(6, rig.timeToLive(1).getTTL());
    rig.pass(Duration.ofMillis(5500));
    assertTrue(rig.exists(1));
    rig.pass(Duration.ofMillis(500));
    assertFalse(rig.exists(1));
  }

  @Test
  @DisplayName("62: leases of before a restart are extended as well, and end")
  void restartExtends() throws Exception {
    rig.grant(1, 5);
    rig.put("k", 1);
    rig.restart();
    assertEquals(List.of(1L), rig.leases());
    rig.pass(Duration.ofMillis(5500));
    assertTrue(rig.exists(1));
    rig.pass(Duration.ofMillis(500));
    assertFalse(rig.exists(1));
    assertEquals(List.of(), rig.leaseOf("k"));
  }

  @Test
  @DisplayName("62: a new leader goes by the checkpoint of the last, when there is one")
  void checkpointSurvivesAChangeOfLeader() throws Exception {
    startWithCheckpoints();
    rig.grant(1, 60);
    rig.grant(2, 8);
    rig.pass(Duration.ofSeconds(45));
    rig.consensus.lead();
    rig.check();
    assertEquals(21, rig.timeToLive(1).getTTL(), "20 s at the last checkpoint, and an election");
    assertEquals(60, rig.timeToLive(1).getGrantedTTL());
  }

  @Test
  @DisplayName("62: without checkpoints nothing of a lease's age goes into the log")
  void checkpointsAreOffUnlessAskedFor() throws Exception {
    rig.grant(1, 6000);
    rig.pass(Duration.ofMinutes(20));
    assertFalse(rig.consensus.proposed().stream().anyMatch(Proposal::hasLeaseCheckpoint));
  }

  @Test
  @DisplayName("63: a renewal takes the checkpoint back before it is answered")
  void renewalTakesBackTheCheckpoint() throws Exception {
    startWithCheckpoints();
    rig.grant(1, 60);
    rig.pass(Duration.ofSeconds(45));
    rig.consensus.hold();
    CompletableFuture<LeaseKeepAliveResponse> renewal = rig.startKeepAlive(1);
    assertFalse(renewal.isDone());
    rig.consensus.release();
    assertEquals(60, LeaseRig.now(renewal).getTTL());
    int proposed = rig.consensus.proposed().size();
    assertEquals(60, rig.keepAlive(1));
    assertEquals(proposed, rig.consensus.proposed().size(), "taken back once");
    rig.consensus.lead();
    rig.check();
    assertEquals(61, rig.timeToLive(1).getTTL());
  }

  @Test
  @DisplayName("63: a renewed lease lives for its TTL from then on")
  void renewedLeaseLives() throws Exception {
    rig.grant(1, 5);
    for (int i = 0; i < 10; i++) {
      rig.pass(Duration.ofSeconds(4));
      assertEquals(5, rig.keepAlive(1));
    }
    rig.pass(Duration.ofMillis(4500));
    assertTrue(rig.exists(1));
    rig.pass(Duration.ofMillis(500));
    assertFalse(rig.exists(1));
  }

  @Test
  @DisplayName("63: a leader that cannot prove that it leads revokes nothing")
  void noRevokeWithoutProofOfLeadership() throws Exception {
    rig.grant(1, 5);
    rig.consensus.failBarrier(true);
    rig.pass(Duration.ofSeconds(10));
    assertEquals(0, revokes());
    rig.consensus.failBarrier(false);
    rig.pass(Duration.ofMillis(500));
    assertEquals(1, revokes());
  }

  @Test
  @DisplayName("63: a revoke that reaches the log under another leader is void")
  void revokeOfADeposedLeaderIsVoid() throws Exception {
    rig.grant(1, 5);
    rig.put("k", 1);
    rig.consensus.hold();
    rig.pass(Duration.ofSeconds(5));
    assertEquals(1, revokes());
    rig.consensus.lead();
    rig.check();
    assertEquals(5, rig.keepAlive(1), "the new leadership renews it");
    rig.consensus.release();
    assertTrue(rig.exists(1));
    assertEquals(List.of(1L), rig.leaseOf("k"));
  }

  @Test
  @DisplayName("63: a checkpoint that reaches the log under another leader is void")
  void checkpointOfADeposedLeaderIsVoid() throws Exception {
    startWithCheckpoints();
    rig.grant(1, 60);
    rig.consensus.hold();
    rig.pass(Duration.ofSeconds(20));
    rig.consensus.lead();
    rig.check();
    assertEquals(60, rig.keepAlive(1));
    rig.consensus.release();
    rig.consensus.lead();
    rig.check();
    assertEquals(61, rig.timeToLive(1).getTTL());
  }

  @Test
  @DisplayName("63: time in which this member did not run makes no lease older")
  void pauseOfTheMemberDoesNotCount() throws Exception {
    rig.grant(1, 5);
    rig.pass(Duration.ofSeconds(2));
    rig.clock.move(Duration.ofMinutes(10));
    rig.check();
    assertTrue(rig.exists(1));
    assertEquals(5, rig.keepAlive(1));
    rig.pass(Duration.ofSeconds(5));
    assertFalse(rig.exists(1));
  }

  @Test
  @DisplayName("59: one who waits for an expired lease is answered by the next leadership")
  void waitingRenewalSurvivesAChangeOfLeader() throws Exception {
    rig.grant(1, 5);
    rig.consensus.hold();
    rig.pass(Duration.ofSeconds(5));
    CompletableFuture<LeaseKeepAliveResponse> waiting = rig.startKeepAlive(1);
    assertFalse(waiting.isDone());
    rig.consensus.lead();
    rig.check();
    assertEquals(5, LeaseRig.now(waiting).getTTL());
  }

  @Test
  @DisplayName("58: without a leader a renewal waits; with another it is forwarded")
  void renewalWaitsForALeader() throws Exception {
    rig.grant(1, 5);
    rig.consensus.loseLeader();
    rig.check();
    CompletableFuture<LeaseKeepAliveResponse> waiting = rig.startKeepAlive(1);
    assertFalse(waiting.isDone());
    rig.consensus.lead();
    rig.check();
    assertEquals(5, LeaseRig.now(waiting).getTTL());
    rig.consensus.follow();
    rig.check();
    assertEquals(ErrorCode.NOT_LEADER, LeaseRig.refusal(rig.startKeepAlive(1)));
  }
}
