package io.metastore.core.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AlarmType;
import io.metastore.core.message.LeaseKeepAliveResponse;
import io.metastore.core.message.LeaseTimeToLiveResponse;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.mvcc.PublishedView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The numbered behaviours of leases, through the whole of core. */
final class LeaseBehaviourTest {
  @TempDir Path directory;
  private LeaseRig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new LeaseRig(directory.resolve("store"));
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  @DisplayName("57: an id of 0 becomes a random positive one")
  void idZeroBecomesRandomAndPositive() {
    long first = rig.grant(0, 10).getID();
    long second = rig.grant(0, 10).getID();
    assertTrue(first > 0 && second > 0, first + " " + second);
    assertTrue(first != second);
    assertEquals(10, rig.timeToLive(first).getGrantedTTL());
  }

  @Test
  @DisplayName("57: a client's id may be negative; one that is taken is refused")
  void takenIdIsRefused() {
    assertEquals(-5, rig.grant(-5, 10).getID());
    assertEquals(ErrorCode.LEASE_EXIST, LeaseRig.refusal(rig.startGrant(-5, 20)));
    assertEquals(10, rig.timeToLive(-5).getGrantedTTL());
  }

  @Test
  @DisplayName("57: TTL above 9 000 000 000 is refused, before the id is looked at")
  void hugeTtlIsRefused() {
    rig.grant(1, 10);
    assertEquals(
        ErrorCode.LEASE_TTL_TOO_LARGE, LeaseRig.refusal(rig.startGrant(1, 9_000_000_001L)));
    assertEquals(9_000_000_000L, rig.grant(2, 9_000_000_000L).getTTL());
    rig.clock.move(Duration.ofMillis(1));
    assertEquals(8_999_999_999L, rig.timeToLive(2).getTTL(), "and it fits the clock");
    assertEquals(List.of(1L, 2L), rig.leases());
  }

  @Test
  @DisplayName("57: a TTL that is too short, also 0 and below, is raised, and told")
  void shortTtlIsRaised() {
    assertEquals(LeaseRig.TTL_MIN, rig.grant(1, 1).getTTL());
    assertEquals(LeaseRig.TTL_MIN, rig.grant(2, 0).getTTL());
    assertEquals(LeaseRig.TTL_MIN, rig.grant(3, -100).getTTL());
    assertEquals(3, rig.grant(4, 3).getTTL());
    assertEquals(LeaseRig.TTL_MIN, rig.timeToLive(3).getGrantedTTL());
  }

  @Test
  @DisplayName("57: a grant does not move the revision")
  void grantMovesNoRevision() {
    assertEquals(1, rig.grant(1, 10).getHeader().getRevision());
    assertEquals(1, rig.revision());
  }

  @Test
  @DisplayName("58: keep-alive of an unknown lease answers TTL 0, without the log")
  void keepAliveOfUnknownLeaseAnswersZero() {
    LeaseKeepAliveResponse response = LeaseRig.now(rig.startKeepAlive(99));
    assertEquals(0, response.getTTL());
    assertEquals(99, response.getID());
    assertTrue(rig.consensus.proposed().isEmpty());
  }

  @Test
  @DisplayName("58: the header of a keep-alive is from before the renewal")
  void keepAliveTellsTheRevisionBeforeIt() throws Exception {
    rig.grant(1, 5);
    rig.put("a", 1);
    rig.consensus.hold();
    rig.pass(Duration.ofSeconds(6));
    CompletableFuture<LeaseKeepAliveResponse> late = rig.startKeepAlive(1);
    rig.consensus.release();
    assertEquals(3, rig.revision(), "the expiry deleted the key");
    assertEquals(2, LeaseRig.now(late).getHeader().getRevision());
  }

  @Test
  @DisplayName("59: keep-alive of an expired lease waits for the revoke, then answers TTL 0")
  void keepAliveOfExpiredLeaseWaits() throws Exception {
    rig.grant(1, 5);
    rig.consensus.hold();
    rig.clock.move(Duration.ofMillis(500));
    rig.pass(Duration.ofSeconds(5));
    CompletableFuture<LeaseKeepAliveResponse> waiting = rig.startKeepAlive(1);
    assertFalse(waiting.isDone());
    rig.consensus.release();
    assertEquals(0, LeaseRig.now(waiting).getTTL());
    assertFalse(rig.exists(1));
  }

  @Test
  @DisplayName("60: what is left of an unknown lease is -1, and no error")
  void timeToLiveOfUnknownLeaseIsMinusOne() {
    LeaseTimeToLiveResponse response = rig.timeToLive(42);
    assertEquals(-1, response.getTTL());
    assertEquals(42, response.getID());
    assertEquals(0, response.getGrantedTTL());
  }

  @Test
  @DisplayName("60: what is left is cut to seconds; keys come when asked for")
  void timeToLiveIsFloored() throws Exception {
    rig.grant(1, 10);
    rig.put("b", 1);
    rig.put("a", 1);
    rig.pass(Duration.ofMillis(1500));
    LeaseTimeToLiveResponse response = rig.timeToLive(1);
    assertEquals(8, response.getTTL());
    assertEquals(10, response.getGrantedTTL());
    assertEquals(List.of("a", "b"), rig.keysOf(1));
    assertEquals(3, response.getHeader().getRevision());
  }

  @Test
  @DisplayName("60: leases are sorted by what is left of them")
  void leasesAreSortedByRemainingTime() throws Exception {
    rig.grant(1, 30);
    rig.grant(2, 10);
    rig.grant(3, 20);
    assertEquals(List.of(2L, 3L, 1L), rig.leases());
    rig.pass(Duration.ofSeconds(5));
    assertEquals(10, rig.keepAlive(2));
    rig.grant(4, 8);
    assertEquals(List.of(4L, 2L, 3L, 1L), rig.leases());
  }

  @Test
  @DisplayName("61: a revoke deletes all keys of the lease, and no others, in one revision")
  void revokeDeletesKeysInOneRevision() {
    rig.grant(1, 10);
    rig.grant(2, 10);
    rig.put("c", 1);
    rig.put("a", 1);
    rig.put("other", 2);
    rig.put("b", 1);
    assertEquals(6, LeaseRig.now(rig.revoke(1)).getHeader().getRevision());
    assertEquals(List.of(), rig.leaseOf("a"));
    assertEquals(List.of(2L), rig.leaseOf("other"));
    assertFalse(rig.exists(1));
    List<String> deleted =
        LeaseRig.now(
                rig.store()
                    .range(
                        RangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("a"))
                            .setRangeEnd(ByteString.copyFromUtf8("d"))
                            .setRevision(5)
                            .build(),
                        LeaseRig.TIMEOUT))
            .getKvsList()
            .stream()
            .map(kv -> kv.getKey().toStringUtf8())
            .toList();
    assertEquals(List.of("a", "b", "c"), deleted);
  }

  @Test
  @DisplayName("61: a revoke without keys keeps the revision; an unknown lease is refused")
  void revokeWithoutKeysKeepsTheRevision() {
    rig.grant(1, 10);
    assertEquals(1, LeaseRig.now(rig.revoke(1)).getHeader().getRevision());
    assertEquals(ErrorCode.LEASE_NOT_FOUND, LeaseRig.refusal(rig.revoke(1)));
  }

  @Test
  @DisplayName("31, 64: another lease takes a key over; a put without lease and a delete detach it")
  void keysMoveBetweenLeases() {
    rig.grant(1, 10);
    rig.grant(2, 10);
    rig.put("k", 1);
    rig.put("k", 2);
    assertEquals(List.of(), rig.keysOf(1));
    assertEquals(List.of("k"), rig.keysOf(2));
    LeaseRig.now(rig.revoke(1));
    assertEquals(List.of(2L), rig.leaseOf("k"));
    rig.put("k", 0);
    assertEquals(List.of(), rig.keysOf(2));
    rig.put("k", 2);
    rig.delete("k");
    assertEquals(List.of(), rig.keysOf(2));
    rig.put("k", 2);
    LeaseRig.now(
        rig.store()
            .put(
                LeaseRig.putRequest("k", 0).toBuilder().setIgnoreLease(true).build(),
                LeaseRig.TIMEOUT));
    assertEquals(List.of("k"), rig.keysOf(2));
  }

  @Test
  @DisplayName("16, 31: a put with an unknown lease is refused, in a transaction too, as a whole")
  void putWithUnknownLeaseIsRefused() {
    assertEquals(
        ErrorCode.LEASE_NOT_FOUND,
        LeaseRig.refusal(rig.store().put(LeaseRig.putRequest("k", 9), LeaseRig.TIMEOUT)));
    rig.grant(1, 10);
    TxnRequest txn =
        TxnRequest.newBuilder()
            .addSuccess(RequestOp.newBuilder().setRequestPut(LeaseRig.putRequest("a", 1)))
            .addSuccess(RequestOp.newBuilder().setRequestPut(LeaseRig.putRequest("b", 9)))
            .build();
    assertEquals(
        ErrorCode.LEASE_NOT_FOUND, LeaseRig.refusal(rig.store().txn(txn, LeaseRig.TIMEOUT)));
    assertEquals(List.of(), rig.leaseOf("a"));
    assertEquals(List.of(), rig.keysOf(1));
  }

  @Test
  @DisplayName("82: without space no lease is granted, but leases are renewed and revoked")
  void noLeaseIsGrantedWithoutSpace() {
    rig.grant(1, 10);
    LeaseRig.now(
        rig.store()
            .alarm(
                AlarmRequest.newBuilder()
                    .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                    .setMemberID(7)
                    .setAlarm(AlarmType.NOSPACE)
                    .build(),
                LeaseRig.TIMEOUT));
    assertEquals(ErrorCode.NO_SPACE, LeaseRig.refusal(rig.startGrant(2, 10)));
    assertEquals(10, rig.keepAlive(1));
    LeaseRig.now(rig.revoke(1));
    assertFalse(rig.exists(1));
  }

  @Test
  void keysOfEqualBytesDoNotMix() {
    // The id of one lease and the key of another could be read as one another.
    rig.grant(0x6161616161616161L, 10);
    rig.grant(0x61, 10);
    rig.put("aaaaaaaa", 0x61);
    rig.put("a", 0x6161616161616161L);
    assertEquals(List.of("aaaaaaaa"), rig.keysOf(0x61));
    assertEquals(List.of("a"), rig.keysOf(0x6161616161616161L));
    try (PublishedView view = rig.stateMachine().acquire()) {
      assertEquals(2, view.state().keys());
    }
  }
}
