package io.metastore.app.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.metastore.core.message.AuthDisableRequest;
import io.metastore.core.message.AuthEnableRequest;
import io.metastore.core.message.AuthRoleAddRequest;
import io.metastore.core.message.AuthRoleDeleteRequest;
import io.metastore.core.message.AuthRoleGetRequest;
import io.metastore.core.message.AuthRoleGrantPermissionRequest;
import io.metastore.core.message.AuthRoleListRequest;
import io.metastore.core.message.AuthRoleRevokePermissionRequest;
import io.metastore.core.message.AuthUserAddRequest;
import io.metastore.core.message.AuthUserChangePasswordRequest;
import io.metastore.core.message.AuthUserDeleteRequest;
import io.metastore.core.message.AuthUserGetRequest;
import io.metastore.core.message.AuthUserGrantRoleRequest;
import io.metastore.core.message.AuthUserListRequest;
import io.metastore.core.message.AuthUserRevokeRoleRequest;
import io.metastore.core.message.AuthenticateRequest;
import io.metastore.core.message.Compare;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.Permission;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.UserAddOptions;
import java.util.List;
import java.util.Random;

/**
 * Random requests of users, about users and about keys. Names, passwords and keys are few, so that
 * most requests are about something that is there.
 */
final class RandomAuth {
  /** Who calls; the empty name is a client without a token. */
  private static final List<String> ACTORS = List.of("", "root", "root", "root", "u1", "u1", "u2");

  private static final List<String> USERS = List.of("root", "u1", "u1", "u2", "u2", "none", "");
  private static final List<String> ROLES = List.of("root", "r1", "r1", "r2", "r3", "none", "");
  private static final List<String> ASKED_ROLES = List.of("r1", "r2", "r3", "none", "");
  private static final List<String> PASSWORDS = List.of("a", "a", "a", "b");

  /**
   * Ranges by their first key: etcd 3.4 keeps two grants of one key's ranges when one is renewed.
   */
  private static final List<String> GRANTED = List.of("a-", "b-d", "d-e", "e-", "f-\0");

  private static final String KEYS = "abcdefg";

  private final Random random;

  RandomAuth(Random random) {
    this.random = random;
  }

  /** A request and who makes it. */
  record Call(String actor, Message request) {}

  Call next() {
    String actor = one(ACTORS);
    return new Call(
        actor,
        switch (random.nextInt(8)) {
          case 0, 1 -> aboutUsers();
          case 2 -> aboutRoles();
          case 3 ->
              AuthenticateRequest.newBuilder()
                  .setName(one(USERS))
                  .setPassword(one(PASSWORDS))
                  .build();
          case 4 -> question();
          default -> aboutKeys();
        });
  }

  private Message aboutUsers() {
    return switch (random.nextInt(11)) {
      case 0, 1 ->
          AuthUserAddRequest.newBuilder()
              .setName(one(USERS))
              .setPassword(one(PASSWORDS))
              .setOptions(UserAddOptions.newBuilder().setNoPassword(random.nextInt(8) == 0))
              .build();
      case 2 -> AuthUserDeleteRequest.newBuilder().setName(one(USERS)).build();
      case 3 ->
          AuthUserChangePasswordRequest.newBuilder()
              .setName(one(USERS))
              .setPassword(one(PASSWORDS))
              .build();
      case 4, 5, 6 ->
          AuthUserGrantRoleRequest.newBuilder().setUser(one(USERS)).setRole(one(ROLES)).build();
      case 7 ->
          AuthUserRevokeRoleRequest.newBuilder().setName(one(USERS)).setRole(one(ROLES)).build();
      case 8, 9 -> AuthEnableRequest.getDefaultInstance();
      default ->
          random.nextInt(3) == 0
              ? AuthDisableRequest.getDefaultInstance()
              : AuthEnableRequest.getDefaultInstance();
    };
  }

  private Message aboutRoles() {
    Permission permission = permission();
    return switch (random.nextInt(6)) {
      case 0 -> AuthRoleAddRequest.newBuilder().setName(one(ROLES)).build();
      case 1 -> AuthRoleDeleteRequest.newBuilder().setRole(one(ROLES)).build();
      case 2 ->
          AuthRoleRevokePermissionRequest.newBuilder()
              .setRole(one(ROLES))
              .setKey(permission.getKey())
              .setRangeEnd(permission.getRangeEnd())
              .build();
      default ->
          AuthRoleGrantPermissionRequest.newBuilder()
              .setName(one(ROLES))
              .setPerm(permission)
              .build();
    };
  }

  private Permission permission() {
    String[] range = one(GRANTED).split("-", -1);
    return Permission.newBuilder()
        .setPermTypeValue(random.nextInt(3))
        .setKey(ByteString.copyFromUtf8(range[0]))
        .setRangeEnd(ByteString.copyFromUtf8(range[1]))
        .build();
  }

  private Message question() {
    return switch (random.nextInt(4)) {
      case 0 -> AuthUserListRequest.getDefaultInstance();
      case 1 -> AuthRoleListRequest.getDefaultInstance();
      case 2 -> AuthUserGetRequest.newBuilder().setName(one(USERS)).build();
      // Not root's, which has no permissions to show in etcd 3.4.
      default -> AuthRoleGetRequest.newBuilder().setRole(one(ASKED_ROLES)).build();
    };
  }

  private Message aboutKeys() {
    return switch (random.nextInt(5)) {
      case 0, 1 -> range();
      case 2 -> put();
      case 3 -> delete();
      default -> txn();
    };
  }

  private RangeRequest range() {
    ByteString key = key();
    return RangeRequest.newBuilder().setKey(key).setRangeEnd(rangeEnd(key)).build();
  }

  private PutRequest put() {
    return PutRequest.newBuilder().setKey(key()).setPrevKv(random.nextBoolean()).build();
  }

  private DeleteRangeRequest delete() {
    ByteString key = key();
    return DeleteRangeRequest.newBuilder()
        .setKey(key)
        .setRangeEnd(rangeEnd(key))
        .setPrevKv(random.nextBoolean())
        .build();
  }

  /** Not nested: what is nested, etcd 3.4 does not check. */
  private TxnRequest txn() {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    if (random.nextInt(3) == 0) {
      ByteString key = key();
      txn.addCompare(
          Compare.newBuilder()
              .setTarget(Compare.CompareTarget.VERSION)
              .setKey(key)
              .setRangeEnd(rangeEnd(key)));
    }
    return txn.addSuccess(operation()).addFailure(operation()).build();
  }

  private RequestOp operation() {
    RequestOp.Builder op = RequestOp.newBuilder();
    return switch (random.nextInt(3)) {
      case 0 -> op.setRequestRange(range()).build();
      case 1 -> op.setRequestPut(put()).build();
      default -> op.setRequestDeleteRange(delete()).build();
    };
  }

  private ByteString key() {
    return ByteString.copyFromUtf8(String.valueOf(KEYS.charAt(random.nextInt(KEYS.length()))));
  }

  /** {@link KnownDifference#BACKWARD_RANGE}. */
  private ByteString rangeEnd(ByteString from) {
    return switch (random.nextInt(4)) {
      case 0, 1 -> ByteString.EMPTY;
      case 2 -> ByteString.copyFrom(new byte[] {0});
      default -> {
        int first = KEYS.indexOf(from.toStringUtf8());
        char last = KEYS.charAt(first + random.nextInt(KEYS.length() - first));
        yield ByteString.copyFromUtf8(String.valueOf(last));
      }
    };
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
