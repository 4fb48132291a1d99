package io.metastore.core;

import static io.metastore.core.AuthRig.ROOT;
import static io.metastore.core.AuthRig.addUser;
import static io.metastore.core.AuthRig.grant;
import static io.metastore.core.AuthRig.grantRole;
import static io.metastore.core.StoreRig.TIMEOUT;
import static io.metastore.core.Texts.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.auth.AuthChange;
import io.metastore.core.auth.AuthState;
import io.metastore.core.auth.Identity;
import io.metastore.core.message.AuthCommand;
import io.metastore.core.message.AuthDisableRequest;
import io.metastore.core.message.AuthDisableResponse;
import io.metastore.core.message.AuthEnableRequest;
import io.metastore.core.message.AuthRoleDeleteRequest;
import io.metastore.core.message.AuthRoleGetRequest;
import io.metastore.core.message.AuthRoleGrantPermissionRequest;
import io.metastore.core.message.AuthRoleRevokePermissionRequest;
import io.metastore.core.message.AuthUserAddRequest;
import io.metastore.core.message.AuthUserChangePasswordRequest;
import io.metastore.core.message.AuthUserDeleteRequest;
import io.metastore.core.message.AuthUserGetRequest;
import io.metastore.core.message.AuthUserRevokeRoleRequest;
import io.metastore.core.message.Permission;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users, roles, tokens and who may change them; what they may do with keys is another test. */
final class AuthBehaviourTest {
  private static final AuthCommand.Builder ENABLE =
      AuthCommand.newBuilder().setEnable(AuthEnableRequest.getDefaultInstance());

  private static final AuthCommand.Builder DISABLE =
      AuthCommand.newBuilder().setDisable(AuthDisableRequest.getDefaultInstance());

  private AuthRig rig;

  @BeforeEach
  void open(@TempDir Path directory) throws Exception {
    rig = new AuthRig(directory);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private Optional<ErrorCode> refusal(AuthCommand.Builder command) {
    return rig.refusal(Identity.TRUSTED, command);
  }

  private long revision() {
    return rig.done(rig.auth.status()).getAuthRevision();
  }

  private String token(String user) {
    return rig.done(rig.auth.issueToken(user, revision(), TIMEOUT)).getToken();
  }

  @Test
  @DisplayName(
      "65: the auth revision begins at 1 and counts every change, but not the switch to on")
  void authRevisionCountsChanges() {
    assertEquals(1, revision());
    rig.change(addUser("root"));
    assertEquals(2, revision());
    rig.change(grantRole("root", "root"));
    assertEquals(3, revision());
    rig.change(grantRole("root", "root"));
    assertEquals(3, revision(), "it has the role already");
    rig.change(ENABLE);
    assertEquals(3, revision());
    rig.change(DISABLE);
    assertEquals(4, revision());
    rig.change(DISABLE);
    assertEquals(4, revision(), "it was off already");
  }

  @Test
  @DisplayName("65: to be enabled it needs the user root with the role root; twice is no error")
  void enablingNeedsRoot() {
    assertEquals(Optional.of(ErrorCode.ROOT_USER_NOT_EXIST), refusal(ENABLE));
    rig.change(addUser("root"));
    assertEquals(Optional.of(ErrorCode.ROOT_ROLE_NOT_EXIST), refusal(ENABLE));
    rig.change(grantRole("root", "root"));
    rig.change(ENABLE);
    assertTrue(rig.done(rig.auth.status()).getEnabled());
    assertEquals(Optional.empty(), rig.refusal(ROOT, ENABLE));
  }

  @Test
  @DisplayName("66: who says nothing is told that the user's name is empty, on every kind of call")
  void callersNeedATokenOnceItIsOn() {
    assertEquals(Optional.empty(), rig.refusal(rig.asNobody().put(AuthRig.put("k"), TIMEOUT)));
    rig.enable();
    Optional<ErrorCode> empty = Optional.of(ErrorCode.USER_EMPTY);
    assertEquals(empty, rig.refusal(rig.asNobody().put(AuthRig.put("k"), TIMEOUT)));
    assertEquals(empty, rig.refusal(rig.asNobody().range(AuthRig.range("k", ""), TIMEOUT)));
    assertEquals(empty, rig.refusal(Identity.NOBODY, DISABLE));
    assertEquals(empty, rig.refusal(rig.auth.userList(Identity.NOBODY)));
    assertEquals(Optional.empty(), rig.putting("root", "k"));
    assertEquals(
        Optional.empty(),
        rig.refusal(rig.rig.store.put(AuthRig.put("k"), TIMEOUT)),
        "this process needs no user");
  }

  @Test
  @DisplayName("66: a token that nobody has is invalid")
  void unknownTokensAreInvalid() {
    rig.enable();
    Optional<ErrorCode> invalid = Optional.of(ErrorCode.INVALID_AUTH_TOKEN);
    for (String token : List.of("", "x", "abcdefghijklmnop.1", "abcdefghijklmnop.99999", "a.b")) {
      assertEquals(invalid, rig.refusal(rig.auth.identify(token)), token);
    }
  }

  @Test
  @DisplayName(
      "67: a token is 16 letters, a dot and its entry's index; it counts 300 s after each use")
  void tokensCountAsLongAsTheyAreUsed() {
    rig.enable();
    String token = token("root");
    long index = rig.rig.machine.state().appliedIndex();
    assertTrue(token.matches("[a-zA-Z]{16}\\." + index), token);
    for (int use = 0; use < 3; use++) {
      rig.pass(Duration.ofMinutes(5).toNanos());
      assertEquals(Identity.of("root"), rig.done(rig.auth.identify(token)));
    }
    rig.pass(Duration.ofSeconds(301).toNanos());
    assertEquals(Optional.of(ErrorCode.INVALID_AUTH_TOKEN), rig.refusal(rig.auth.identify(token)));
    token("root");
    assertEquals(1, rig.tokens.size(), "what is over is forgotten");
  }

  @Test
  @DisplayName("67: where a token's entry is seen applied, the token is known")
  void tokenIsKnownBeforeItsEntryIsSeen() {
    rig.enable();
    List<Long> seen = new ArrayList<>();
    rig.rig.machine.tellOfAuth(changes -> seen.add(rig.rig.machine.state().appliedIndex()));
    token("root");
    assertEquals(List.of(rig.rig.machine.state().appliedIndex() - 1), seen);
  }

  @Test
  @DisplayName("67: a member waits for the entry of a token that it does not know yet")
  void memberWaitsForTheTokensEntry() {
    rig.enable();
    String later = "abcdefghijklmnop." + (rig.rig.machine.state().appliedIndex() + 1);
    var identity = rig.auth.identify(later);
    assertFalse(identity.isDone());
    rig.tokens.applied(List.of(new AuthChange.Issued(later, "root")));
    assertEquals(Identity.of("root"), rig.done(identity));
  }

  @Test
  @DisplayName(
      "67: a command that was checked at an older auth revision is refused, and made again")
  void commandsOfAnOlderRevisionAreRefused() {
    rig.enable();
    rig.user("alice", Permission.Type.WRITE, "k", "");
    Identity bound = new Identity("alice", revision(), true);
    assertEquals(
        Optional.empty(), rig.refusal(rig.rig.store.as(bound).put(AuthRig.put("k"), TIMEOUT)));
    rig.change(addUser("bob"));
    assertEquals(
        Optional.of(ErrorCode.AUTH_OLD_REVISION),
        rig.refusal(rig.rig.store.as(bound).put(AuthRig.put("k"), TIMEOUT)));
    // A simple token is bound at each use; a change that comes between is tried again behind it.
    rig.rig.consensus.before(() -> rig.change(addUser("carol")));
    assertEquals(Optional.empty(), rig.putting("alice", "k"));
  }

  @Test
  @DisplayName("68: a token is not made for a password that was checked at an older auth revision")
  void passwordsAreCheckedAgainWhenUsersChanged() {
    rig.enable();
    long checked = revision();
    rig.change(addUser("bob"));
    assertEquals(
        Optional.of(ErrorCode.AUTH_OLD_REVISION),
        rig.refusal(rig.auth.issueToken("root", checked, TIMEOUT)));
  }

  @Test
  @DisplayName("68: no password reaches the log")
  void passwordsAreRefused() {
    assertThrows(
        IllegalStateException.class,
        () ->
            rig.auth.change(
                Identity.TRUSTED,
                AuthCommand.newBuilder()
                    .setUserAdd(AuthUserAddRequest.newBuilder().setName("a").setPassword("p"))
                    .build(),
                Message.class,
                TIMEOUT));
  }

  @Test
  @DisplayName("68: another password, and a delete, end the user's tokens; switching off ends all")
  void tokensEndWithTheirUser() {
    rig.enable();
    rig.change(addUser("alice"));
    String root = token("root");
    String alice = token("alice");
    rig.change(
        AuthCommand.newBuilder()
            .setUserChangePassword(
                AuthUserChangePasswordRequest.newBuilder()
                    .setName("alice")
                    .setHashedPassword("aGFzaDI=")));
    assertEquals(Optional.of(ErrorCode.INVALID_AUTH_TOKEN), rig.refusal(rig.auth.identify(alice)));
    assertEquals(
        "hash2", rig.auth.state().user("alice").orElseThrow().getPassword().toStringUtf8());
    String again = token("alice");
    rig.change(delete("alice"));
    assertEquals(Optional.of(ErrorCode.INVALID_AUTH_TOKEN), rig.refusal(rig.auth.identify(again)));
    assertEquals(ROOT, rig.done(rig.auth.identify(root)));
    rig.change(ROOT, DISABLE, AuthDisableResponse.class);
    assertEquals(Optional.of(ErrorCode.INVALID_AUTH_TOKEN), rig.refusal(rig.auth.identify(root)));
  }

  private static AuthCommand.Builder delete(String user) {
    return AuthCommand.newBuilder().setUserDelete(AuthUserDeleteRequest.newBuilder().setName(user));
  }

  @Test
  @DisplayName("72: a user may ask for itself and for its own roles; all else needs root")
  void usersMayAskForThemselves() {
    rig.user("alice", Permission.Type.READ, "k", "");
    rig.user("bob", Permission.Type.READ, "k", "");
    rig.enable();
    Identity alice = Identity.of("alice");
    assertEquals(List.of("alice"), rig.done(rig.auth.userGet(alice, user("alice"))).getRolesList());
    assertEquals(1, rig.done(rig.auth.roleGet(alice, role("alice"))).getPermCount());
    Optional<ErrorCode> denied = Optional.of(ErrorCode.PERMISSION_DENIED);
    assertEquals(denied, rig.refusal(rig.auth.userGet(alice, user("bob"))));
    assertEquals(denied, rig.refusal(rig.auth.roleGet(alice, role("bob"))));
    assertEquals(denied, rig.refusal(rig.auth.userList(alice)));
    assertEquals(denied, rig.refusal(rig.auth.roleList(alice)));
    assertEquals(denied, rig.refusal(alice, addUser("carol")));
    assertEquals(denied, rig.refusal(alice, grant("alice", Permission.Type.WRITE, "a", "b")));
    assertEquals(denied, rig.refusal(alice, DISABLE));
    assertEquals(List.of("alice", "bob"), rig.done(rig.auth.roleList(ROOT)).getRolesList());
    assertEquals(List.of("alice", "bob", "root"), rig.done(rig.auth.userList(ROOT)).getUsersList());
  }

  private static AuthUserGetRequest user(String name) {
    return AuthUserGetRequest.newBuilder().setName(name).build();
  }

  private static AuthRoleGetRequest role(String name) {
    return AuthRoleGetRequest.newBuilder().setRole(name).build();
  }

  @Test
  @DisplayName("74: root keeps its user, its role and the two together while it is on")
  void rootCannotBeTakenAway() {
    AuthCommand.Builder revoke = revoke("root", "root");
    AuthCommand.Builder deleteRole =
        AuthCommand.newBuilder()
            .setRoleDelete(AuthRoleDeleteRequest.newBuilder().setRole(AuthState.ROOT));
    rig.enable();
    for (AuthCommand.Builder command : List.of(delete("root"), revoke, deleteRole)) {
      assertEquals(Optional.of(ErrorCode.INVALID_AUTH_MGMT), rig.refusal(ROOT, command));
    }
    rig.change(DISABLE);
    assertEquals(Optional.of(ErrorCode.ROLE_NOT_FOUND), refusal(deleteRole), "it has no record");
    rig.change(revoke);
    rig.change(delete("root"));
    assertEquals(Optional.of(ErrorCode.ROOT_USER_NOT_EXIST), refusal(ENABLE));
  }

  private static AuthCommand.Builder revoke(String user, String role) {
    return AuthCommand.newBuilder()
        .setUserRevokeRole(AuthUserRevokeRoleRequest.newBuilder().setName(user).setRole(role));
  }

  @Test
  @DisplayName("75: a grant needs a permission, of a range that there can be")
  void grantNeedsAPermission() {
    rig.user("alice", Permission.Type.READ, "k", "");
    assertEquals(
        Optional.of(ErrorCode.PERMISSION_NOT_GIVEN),
        refusal(
            AuthCommand.newBuilder()
                .setRoleGrantPermission(
                    AuthRoleGrantPermissionRequest.newBuilder().setName("alice"))));
    Optional<ErrorCode> impossible = Optional.of(ErrorCode.INVALID_AUTH_MGMT);
    assertEquals(impossible, refusal(grant("alice", Permission.Type.READ, "", "")));
    assertEquals(impossible, refusal(grant("alice", Permission.Type.READ, "b", "a")));
    assertEquals(
        Optional.of(ErrorCode.ROLE_NOT_FOUND),
        refusal(grant("nobody", Permission.Type.READ, "a", "b")));
  }

  @Test
  @DisplayName("77: no change of users or roles moves the store's revision")
  void storeRevisionStays() {
    rig.done(rig.rig.store.put(AuthRig.put("k"), TIMEOUT));
    rig.enable();
    assertEquals(
        StoreRig.header(2), rig.change(ROOT, DISABLE, AuthDisableResponse.class).getHeader());
    assertEquals(StoreRig.header(2), rig.done(rig.auth.status()).getHeader());
  }

  @Test
  void namesAreUniqueAndNotEmpty() {
    rig.user("alice", Permission.Type.READ, "k", "");
    assertEquals(Optional.of(ErrorCode.USER_ALREADY_EXIST), refusal(addUser("alice")));
    assertEquals(Optional.of(ErrorCode.USER_EMPTY), refusal(addUser("")));
    assertEquals(Optional.of(ErrorCode.USER_NOT_FOUND), refusal(delete("bob")));
    assertEquals(Optional.of(ErrorCode.ROLE_NOT_FOUND), refusal(grantRole("alice", "bob")));
    assertEquals(Optional.of(ErrorCode.USER_NOT_FOUND), refusal(grantRole("bob", "alice")));
    assertEquals(Optional.of(ErrorCode.ROLE_NOT_GRANTED), refusal(revoke("alice", "bob")));
  }

  @Test
  void deletedRoleIsTakenFromItsUsers() {
    rig.user("alice", Permission.Type.READ, "k", "");
    rig.change(
        AuthCommand.newBuilder()
            .setRoleDelete(AuthRoleDeleteRequest.newBuilder().setRole("alice")));
    assertEquals(List.of(), rig.auth.state().user("alice").orElseThrow().getRolesList());
  }

  @Test
  void permissionsAreReplacedAndRevokedByTheirRange() {
    rig.user("alice", Permission.Type.READ, "k", "");
    rig.change(grant("alice", Permission.Type.READWRITE, "k", ""));
    rig.change(grant("alice", Permission.Type.READ, "a", "b"));
    List<Permission> all =
        rig.done(rig.auth.roleGet(Identity.TRUSTED, role("alice"))).getPermList();
    assertEquals(List.of(bytes("a"), bytes("k")), all.stream().map(Permission::getKey).toList());
    assertEquals(Permission.Type.READWRITE, all.get(1).getPermType());
    AuthCommand.Builder revoked =
        AuthCommand.newBuilder()
            .setRoleRevokePermission(
                AuthRoleRevokePermissionRequest.newBuilder().setRole("alice").setKey(bytes("k")));
    rig.change(revoked);
    assertEquals(Optional.of(ErrorCode.PERMISSION_NOT_GRANTED), refusal(revoked));
  }

  @Test
  void usersAndRolesAreReadBackFromTheEngine() {
    rig.user("alice", Permission.Type.READ, "k", "");
    rig.enable();
    long before = revision();
    rig.rig.machine.reload();
    assertEquals(before, revision());
    assertEquals(Optional.empty(), rig.reading("alice", "k", ""));
    assertEquals(Optional.of(ErrorCode.PERMISSION_DENIED), rig.reading("alice", "l", ""));
  }

  @Test
  void exceptionsOfTheStoreAreEtcds() {
    assertEquals(
        "auth: authentication failed, password was given for no password user",
        MetastoreException.of(ErrorCode.NO_PASSWORD_USER).getMessage());
  }
}
