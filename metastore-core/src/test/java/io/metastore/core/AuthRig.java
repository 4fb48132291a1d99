package io.metastore.core;

import static io.metastore.core.Texts.bytes;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.auth.AuthState;
import io.metastore.core.auth.Identity;
import io.metastore.core.auth.TokenTable;
import io.metastore.core.message.AuthCommand;
import io.metastore.core.message.AuthEnableRequest;
import io.metastore.core.message.AuthRoleAddRequest;
import io.metastore.core.message.AuthRoleGrantPermissionRequest;
import io.metastore.core.message.AuthUserAddRequest;
import io.metastore.core.message.AuthUserGrantRoleRequest;
import io.metastore.core.message.Permission;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A store with users on a rig: barriers pass and scans run as soon as somebody waits for them.
 * Belongs to one thread.
 */
final class AuthRig implements AutoCloseable {
  static final Identity ROOT = Identity.of(AuthState.ROOT);

  final StoreRig rig;
  final TokenTable tokens;
  final AuthCalls auth;
  private long now;

  AuthRig(Path directory) throws IOException {
    rig = new StoreRig(directory);
    tokens = new TokenTable(() -> now);
    rig.machine.tellOfAuth(tokens::applied);
    auth = new AuthCalls(rig.machine, rig.consensus, rig.store, tokens);
  }

  /** Lets time go by. */
  void pass(long nanos) {
    now += nanos;
  }

  /** The store for a user. */
  MetadataStore as(String user) {
    return rig.store.as(Identity.of(user));
  }

  MetadataStore asNobody() {
    return rig.store.as(Identity.NOBODY);
  }

  /** The outcome of a call: empty when it was done. */
  Optional<ErrorCode> refusal(CompletableFuture<?> call) {
    try {
      done(call);
      return Optional.empty();
    } catch (MetastoreException e) {
      return Optional.of(e.code());
    }
  }

  <R> R done(CompletableFuture<R> call) {
    while (!call.isDone()) {
      CompletableFuture<Void> barrier = rig.consensus.barriers.poll();
      if (barrier != null) {
        barrier.complete(null);
      } else if (rig.scans.isEmpty()) {
        throw new IllegalStateException("nothing is left that the call could wait for");
      }
      rig.scan();
    }
    try {
      return call.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof MetastoreException refused ? refused : e;
    }
  }

  <R extends Message> R change(Identity caller, AuthCommand.Builder command, Class<R> type) {
    return done(auth.change(caller, command.build(), type, StoreRig.TIMEOUT));
  }

  Optional<ErrorCode> refusal(Identity caller, AuthCommand.Builder command) {
    return refusal(auth.change(caller, command.build(), Message.class, StoreRig.TIMEOUT));
  }

  Message change(AuthCommand.Builder command) {
    return change(Identity.TRUSTED, command, Message.class);
  }

  /** A user with a role of its name that has one permission. */
  void user(String name, Permission.Type type, String key, String rangeEnd) {
    change(addUser(name));
    change(AuthCommand.newBuilder().setRoleAdd(AuthRoleAddRequest.newBuilder().setName(name)));
    change(grantRole(name, name));
    change(grant(name, type, key, rangeEnd));
  }

  /** Root, with its role, and authentication on. */
  void enable() {
    change(addUser(AuthState.ROOT));
    change(grantRole(AuthState.ROOT, AuthState.ROOT));
    change(AuthCommand.newBuilder().setEnable(AuthEnableRequest.getDefaultInstance()));
  }

  static AuthCommand.Builder addUser(String name) {
    return AuthCommand.newBuilder()
        .setUserAdd(AuthUserAddRequest.newBuilder().setName(name).setHashedPassword("aGFzaA=="));
  }

  static AuthCommand.Builder grantRole(String user, String role) {
    return AuthCommand.newBuilder()
        .setUserGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role));
  }

  static AuthCommand.Builder grant(String role, Permission.Type type, String key, String rangeEnd) {
    return AuthCommand.newBuilder()
        .setRoleGrantPermission(
            AuthRoleGrantPermissionRequest.newBuilder()
                .setName(role)
                .setPerm(
                    Permission.newBuilder()
                        .setPermType(type)
                        .setKey(bytes(key))
                        .setRangeEnd(bytes(rangeEnd))));
  }

  static RangeRequest range(String key, String rangeEnd) {
    return RangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(rangeEnd)).build();
  }

  Optional<ErrorCode> reading(String user, String key, String rangeEnd) {
    return refusal(as(user).range(range(key, rangeEnd), StoreRig.TIMEOUT));
  }

  Optional<ErrorCode> putting(String user, String key) {
    return refusal(as(user).put(put(key), StoreRig.TIMEOUT));
  }

  static PutRequest put(String key) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(ByteString.EMPTY).build();
  }

  @Override
  public void close() {
    rig.close();
  }
}
