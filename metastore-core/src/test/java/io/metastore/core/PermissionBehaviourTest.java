package io.metastore.core;

import static io.metastore.core.AuthRig.grant;
import static io.metastore.core.AuthRig.put;
import static io.metastore.core.AuthRig.range;
import static io.metastore.core.StoreRig.TIMEOUT;
import static io.metastore.core.Texts.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.auth.Identity;
import io.metastore.core.auth.Permissions;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AuthCommand;
import io.metastore.core.message.AuthUserRevokeRoleRequest;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.Compare;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.Permission;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.WatchCreateRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users may do with keys and leases. */
final class PermissionBehaviourTest {
  private static final Optional<ErrorCode> DONE = Optional.empty();
  private static final Optional<ErrorCode> DENIED = Optional.of(ErrorCode.PERMISSION_DENIED);
  private static final long LEASE = 7;

  private AuthRig rig;

  /** Alice reads [a, c), writes [b, d), and both reads and writes x. */
  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    rig = new AuthRig(directory);
    rig.user("alice", Permission.Type.READ, "a", "c");
    rig.change(grant("alice", Permission.Type.WRITE, "b", "d"));
    rig.change(grant("alice", Permission.Type.READWRITE, "x", ""));
    rig.enable();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private Optional<ErrorCode> running(UnaryOperator<TxnRequest.Builder> txn) {
    return rig.refusal(rig.as("alice").txn(txn.apply(TxnRequest.newBuilder()).build(), TIMEOUT));
  }

  @Test
  @DisplayName("69: a range must be covered by what all roles give together; no end is no end")
  void rangesMustBeCovered() {
    assertEquals(DONE, rig.reading("alice", "a", ""));
    assertEquals(DONE, rig.reading("alice", "a", "c"));
    assertEquals(DENIED, rig.reading("alice", "c", ""));
    assertEquals(DENIED, rig.reading("alice", "a", "ca"));
    rig.change(grant("alice", Permission.Type.READ, "c", "e"));
    assertEquals(DONE, rig.reading("alice", "a", "e"), "adjacent grants cover what spans them");
    assertEquals(DENIED, rig.reading("alice", "a", "\0"));
    rig.change(grant("alice", Permission.Type.READ, "d", "\0"));
    assertEquals(DONE, rig.reading("alice", "a", "\0"));
    assertEquals(DENIED, rig.reading("alice", "\0", "\0"));
  }

  @Test
  @DisplayName("69: root passes every check; a user without a role passes none")
  void rootMayDoEverything() {
    assertEquals(DONE, rig.reading("root", "\0", "\0"));
    assertEquals(DONE, rig.putting("root", "z"));
    rig.change(AuthRig.addUser("bob"));
    assertEquals(DENIED, rig.reading("bob", "a", ""));
    rig.change(AuthRig.grantRole("bob", "root"));
    assertEquals(DONE, rig.reading("bob", "a", ""));
  }

  @Test
  @DisplayName("69: puts and deletes need WRITE")
  void writesNeedWrite() {
    assertEquals(DENIED, rig.putting("alice", "a"));
    assertEquals(DONE, rig.putting("alice", "c"));
    assertEquals(DONE, deleting("b", "d", false));
    assertEquals(DENIED, deleting("a", "d", false));
    assertEquals(DONE, rig.putting("alice", "x"));
  }

  private Optional<ErrorCode> deleting(String key, String rangeEnd, boolean prevKv) {
    DeleteRangeRequest request =
        DeleteRangeRequest.newBuilder()
            .setKey(bytes(key))
            .setRangeEnd(bytes(rangeEnd))
            .setPrevKv(prevKv)
            .build();
    return rig.refusal(rig.as("alice").deleteRange(request, TIMEOUT));
  }

  @Test
  @DisplayName("33: prev_kv needs READ beside WRITE")
  void previousValueNeedsRead() {
    assertEquals(
        DENIED,
        rig.refusal(rig.as("alice").put(put("c").toBuilder().setPrevKv(true).build(), TIMEOUT)));
    assertEquals(
        DONE,
        rig.refusal(rig.as("alice").put(put("b").toBuilder().setPrevKv(true).build(), TIMEOUT)));
    assertEquals(DENIED, deleting("b", "d", true));
    assertEquals(DONE, deleting("b", "", true));
  }

  @Test
  @DisplayName("70: a transaction needs READ for its compares and rights for both its branches")
  void transactionNeedsRightsForAllOfIt() {
    Compare.Builder readable = Compare.newBuilder().setKey(bytes("a"));
    Compare.Builder hidden = Compare.newBuilder().setKey(bytes("c"));
    RequestOp putB = RequestOp.newBuilder().setRequestPut(put("b")).build();
    RequestOp putA = RequestOp.newBuilder().setRequestPut(put("a")).build();
    RequestOp rangeA = RequestOp.newBuilder().setRequestRange(range("a", "")).build();
    RequestOp rangeC = RequestOp.newBuilder().setRequestRange(range("c", "")).build();
    assertEquals(DONE, running(txn -> txn.addCompare(readable).addSuccess(putB)));
    assertEquals(DENIED, running(txn -> txn.addCompare(hidden).addSuccess(putB)));
    assertEquals(DENIED, running(txn -> txn.addCompare(hidden).addSuccess(rangeA)));
    assertEquals(DENIED, running(txn -> txn.addSuccess(putB).addFailure(putA)));
    assertEquals(DENIED, running(txn -> txn.addSuccess(rangeA).addFailure(rangeC)));
    assertEquals(DONE, running(txn -> txn.addSuccess(rangeA)));
    RequestOp nested =
        RequestOp.newBuilder().setRequestTxn(TxnRequest.newBuilder().addFailure(putA)).build();
    assertEquals(DENIED, running(txn -> txn.addFailure(nested)));
    RequestOp deleted =
        RequestOp.newBuilder()
            .setRequestDeleteRange(
                DeleteRangeRequest.newBuilder().setKey(bytes("c")).setPrevKv(true))
            .build();
    assertEquals(DENIED, running(txn -> txn.addFailure(deleted)));
  }

  private Optional<ErrorCode> attaching(String key) {
    return rig.refusal(rig.as("alice").put(put(key).toBuilder().setLease(LEASE).build(), TIMEOUT));
  }

  @Test
  @DisplayName("71: attaching to a lease, renewing and revoking it need WRITE on all of its keys")
  void leaseNeedsWriteOnItsKeys() {
    assertEquals(DONE, rig.refusal(rig.as("alice").leaseGrant(grantOf(LEASE), TIMEOUT)));
    assertEquals(DONE, attaching("b"));
    assertEquals(DONE, renewalCheck());
    rig.done(rig.as("root").put(put("a").toBuilder().setLease(LEASE).build(), TIMEOUT));
    assertEquals(DENIED, attaching("c"));
    RequestOp attach =
        RequestOp.newBuilder().setRequestPut(put("c").toBuilder().setLease(LEASE)).build();
    assertEquals(DENIED, running(txn -> txn.addSuccess(attach)));
    LeaseKeepAliveRequest renewal = LeaseKeepAliveRequest.newBuilder().setID(LEASE).build();
    assertEquals(DENIED, rig.refusal(rig.as("alice").leaseKeepAlive(renewal, TIMEOUT)));
    LeaseRevokeRequest revoke = LeaseRevokeRequest.newBuilder().setID(LEASE).build();
    assertEquals(DENIED, rig.refusal(rig.as("alice").leaseRevoke(revoke, TIMEOUT)));
    assertEquals(DONE, rig.refusal(rig.as("root").leaseRevoke(revoke, TIMEOUT)));
  }

  private static LeaseGrantRequest grantOf(long id) {
    return LeaseGrantRequest.newBuilder().setID(id).setTTL(60).build();
  }

  /** Nobody leads here, so a renewal that is permitted would wait. */
  private Optional<ErrorCode> renewalCheck() {
    try (var view = rig.rig.machine.acquire()) {
      Permissions.of(rig.auth.state(), Identity.of("alice")).checkLeaseWrite(LEASE, view.view());
      return DONE;
    }
  }

  @Test
  @DisplayName("73: compaction and alarms need root, a lease any user")
  void compactionNeedsRoot() {
    rig.done(rig.as("root").put(put("a"), TIMEOUT));
    CompactionRequest compaction = CompactionRequest.newBuilder().setRevision(1).build();
    assertEquals(DENIED, rig.refusal(rig.as("alice").compact(compaction, TIMEOUT)));
    assertEquals(DONE, rig.refusal(rig.as("root").compact(compaction, TIMEOUT)));
    AlarmRequest raise =
        AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.ACTIVATE).build();
    assertEquals(DENIED, rig.refusal(rig.as("alice").alarm(raise, TIMEOUT)));
    AlarmRequest list = AlarmRequest.getDefaultInstance();
    assertEquals(DONE, rig.refusal(rig.as("alice").alarm(list, TIMEOUT)));
    Optional<ErrorCode> empty = Optional.of(ErrorCode.USER_EMPTY);
    assertEquals(empty, rig.refusal(rig.asNobody().alarm(list, TIMEOUT)));
    assertEquals(empty, rig.refusal(rig.asNobody().leaseGrant(grantOf(9), TIMEOUT)));
  }

  @Test
  @DisplayName("55: a watch of one key does not do for a watch of all from there")
  void watchNeedsReadOnAllItsKeys() {
    rig.change(grant("alice", Permission.Type.READ, "m", ""));
    Permissions alice = Permissions.of(rig.auth.state(), Identity.of("alice"));
    alice.check(watch("m", ""));
    alice.check(watch("a", "c"));
    for (WatchCreateRequest denied :
        List.of(watch("m", "\0"), watch("m", "n"), watch("", ""), watch("c", ""))) {
      assertThrows(MetastoreException.class, () -> alice.check(denied), denied.toString());
    }
  }

  private static WatchCreateRequest watch(String key, String rangeEnd) {
    return WatchCreateRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(rangeEnd)).build();
  }

  @Test
  void rightsThatAreTakenAwayAreGoneAtOnce() {
    assertEquals(DONE, rig.reading("alice", "a", ""));
    rig.change(
        AuthCommand.newBuilder()
            .setUserRevokeRole(
                AuthUserRevokeRoleRequest.newBuilder().setName("alice").setRole("alice")));
    assertEquals(DENIED, rig.reading("alice", "a", ""));
    assertEquals(DENIED, rig.putting("alice", "b"));
  }

  @Test
  void readIsCheckedAgainstWhatItReads() {
    var read = rig.as("alice").range(range("a", ""), TIMEOUT);
    rig.change(
        AuthCommand.newBuilder()
            .setUserRevokeRole(
                AuthUserRevokeRoleRequest.newBuilder().setName("alice").setRole("alice")));
    assertEquals(DENIED, rig.refusal(read), "it had not passed the barrier yet");
  }
}
