package io.metastore.core.lease;

import static io.metastore.core.lease.LeaseRig.TIMEOUT;
import static io.metastore.core.lease.LeaseRig.now;
import static io.metastore.core.lease.LeaseRig.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.core.MetadataStore;
import io.metastore.core.auth.Identity;
import io.metastore.core.message.AuthCommand;
import io.metastore.core.message.AuthEnableRequest;
import io.metastore.core.message.AuthRoleAddRequest;
import io.metastore.core.message.AuthRoleGrantPermissionRequest;
import io.metastore.core.message.AuthUserAddRequest;
import io.metastore.core.message.AuthUserGrantRoleRequest;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import io.metastore.core.message.Permission;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users may do with leases that the leader holds. */
final class LeasePermissionTest {
  private static final long OWN = 1;
  private static final long READABLE = 2;
  private static final long HIDDEN = 3;

  private LeaseRig rig;
  private MetadataStore alice;
  private MetadataStore nobody;

  /** Alice may read and write a, and read b; there is a lease with a, one with b, one with c. */
  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    rig = new LeaseRig(directory);
    alice = rig.store().as(Identity.of("alice"));
    nobody = rig.store().as(Identity.NOBODY);
    change(AuthCommand.newBuilder().setRoleAdd(AuthRoleAddRequest.newBuilder().setName("r")));
    grant(Permission.Type.READWRITE, "a");
    grant(Permission.Type.READ, "b");
    for (String user : new String[] {"alice", "root"}) {
      change(AuthCommand.newBuilder().setUserAdd(AuthUserAddRequest.newBuilder().setName(user)));
      change(
          AuthCommand.newBuilder()
              .setUserGrantRole(
                  AuthUserGrantRoleRequest.newBuilder()
                      .setUser(user)
                      .setRole(user.equals("root") ? "root" : "r")));
    }
    change(AuthCommand.newBuilder().setEnable(AuthEnableRequest.getDefaultInstance()));
    lease(OWN, "a");
    lease(READABLE, "b");
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void change(AuthCommand.Builder command) {
    var unused =
        rig.consensus.propose(Proposal.newBuilder().setAuth(command).build(), TIMEOUT).join();
  }

  private void grant(Permission.Type type, String key) {
    change(
        AuthCommand.newBuilder()
            .setRoleGrantPermission(
                AuthRoleGrantPermissionRequest.newBuilder()
                    .setName("r")
                    .setPerm(
                        Permission.newBuilder()
                            .setPermType(type)
                            .setKey(ByteString.copyFromUtf8(key)))));
  }

  private void lease(long id, String key) {
    assertEquals(60, rig.grant(id, 60).getTTL());
    PutRequest put =
        PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).setLease(id).build();
    long revision = now(rig.store().put(put, TIMEOUT)).getHeader().getRevision();
    assertEquals(rig.revision(), revision);
  }

  private static LeaseKeepAliveRequest renewal(long id) {
    return LeaseKeepAliveRequest.newBuilder().setID(id).build();
  }

  private static LeaseTimeToLiveRequest left(long id, boolean keys) {
    return LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(keys).build();
  }

  @Test
  @DisplayName("71: renewing a lease needs WRITE on its keys")
  void renewalNeedsWrite() {
    assertEquals(60, now(alice.leaseKeepAlive(renewal(OWN), TIMEOUT)).getTTL());
    assertEquals(
        ErrorCode.PERMISSION_DENIED, refusal(alice.leaseKeepAlive(renewal(READABLE), TIMEOUT)));
    assertEquals(ErrorCode.USER_EMPTY, refusal(nobody.leaseKeepAlive(renewal(OWN), TIMEOUT)));
    assertEquals(60, rig.keepAlive(READABLE), "this process needs no permission");
  }

  @Test
  @DisplayName("71: what is left of a lease is open to all, its keys to who may read them")
  void keysOfALeaseNeedRead() {
    assertEquals(1, now(alice.leaseTimeToLive(left(READABLE, true), TIMEOUT)).getKeysCount());
    lease(HIDDEN, "c");
    assertEquals(
        ErrorCode.PERMISSION_DENIED, refusal(alice.leaseTimeToLive(left(HIDDEN, true), TIMEOUT)));
    assertEquals(60, now(nobody.leaseTimeToLive(left(HIDDEN, false), TIMEOUT)).getGrantedTTL());
    assertEquals(
        ErrorCode.USER_EMPTY, refusal(nobody.leaseTimeToLive(left(HIDDEN, true), TIMEOUT)));
  }

  @Test
  @DisplayName("71: the list of leases needs READ on the keys of all")
  void listOfLeasesNeedsRead() {
    LeaseLeasesRequest all = LeaseLeasesRequest.getDefaultInstance();
    assertEquals(2, now(alice.leaseLeases(all, TIMEOUT)).getLeasesCount());
    lease(HIDDEN, "c");
    assertEquals(ErrorCode.PERMISSION_DENIED, refusal(alice.leaseLeases(all, TIMEOUT)));
    assertEquals(ErrorCode.USER_EMPTY, refusal(nobody.leaseLeases(all, TIMEOUT)));
  }

  @Test
  @DisplayName("71: a lease ends by itself, whoever may write its keys")
  void leasesEndByThemselves() throws Exception {
    lease(HIDDEN, "c");
    rig.pass(Duration.ofSeconds(90));
    assertEquals(0, rig.leases().size());
  }
}
