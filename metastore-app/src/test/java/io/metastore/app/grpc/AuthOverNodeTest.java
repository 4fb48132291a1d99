package io.metastore.app.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.metastore.api.ErrorCode;
import io.metastore.app.Server;
import io.metastore.app.StorageEngines;
import io.metastore.app.config.ServerConfig;
import io.metastore.app.grpc.stub.AuthGrpc;
import io.metastore.app.grpc.stub.ClusterGrpc;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.app.grpc.stub.LeaseGrpc;
import io.metastore.app.grpc.stub.MaintenanceGrpc;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AuthDisableRequest;
import io.metastore.core.message.AuthEnableRequest;
import io.metastore.core.message.AuthRoleAddRequest;
import io.metastore.core.message.AuthRoleGrantPermissionRequest;
import io.metastore.core.message.AuthRoleRevokePermissionRequest;
import io.metastore.core.message.AuthStatusRequest;
import io.metastore.core.message.AuthUserAddRequest;
import io.metastore.core.message.AuthUserChangePasswordRequest;
import io.metastore.core.message.AuthUserGrantRoleRequest;
import io.metastore.core.message.AuthenticateRequest;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.DefragmentRequest;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.HashRequest;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.MemberListRequest;
import io.metastore.core.message.MemberRemoveRequest;
import io.metastore.core.message.MoveLeaderRequest;
import io.metastore.core.message.Permission;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.StatusRequest;
import io.metastore.core.message.UserAddOptions;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.raft.Node;
import io.metastore.raft.NodeOptions;
import io.metastore.raft.StartException;
import io.metastore.testkit.network.FreePorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Users, passwords and tokens through gRPC, Raft and a storage engine. */
final class AuthOverNodeTest {
  private static final Metadata.Key<String> TOKEN = key("token");
  private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
  private static final RangeRequest RANGE_K =
      RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();

  @TempDir Path directory;
  private Optional<Server> server = Optional.empty();
  private Optional<ManagedChannel> channel = Optional.empty();

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private void start(String engine) throws Exception {
    int port = FreePorts.next();
    ServerConfig config =
        ServerConfig.of(
            Map.of(
                "listen-client-urls", List.of("http://127.0.0.1:" + port),
                "listen-peer-urls", List.of("http://127.0.0.1:" + FreePorts.next()),
                "data-dir", List.of(directory.resolve(engine).toString()),
                "storage", List.of(engine),
                "bcrypt-cost", List.of("4")),
            Map.of());
    server =
        Optional.of(
            Server.start(
                config,
                StorageEngines.installed(Optional.empty(), "plugins-dir").named(engine, "storage"),
                AuthOverNodeTest::startReady));
    channel = Optional.of(NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());
  }

  /** Calls that meet the election are refused with "leader changed", as in etcd. */
  private static Node startReady(NodeOptions options) throws StartException, InterruptedException {
    Node node = Node.start(options);
    assertTrue(node.awaitReady(Duration.ofSeconds(20)));
    return node;
  }

  @AfterEach
  void stop() {
    channel.ifPresent(ManagedChannel::shutdownNow);
    server.ifPresent(Server::close);
  }

  private ManagedChannel channel() {
    return channel.orElseThrow();
  }

  private static <S extends AbstractStub<S>> S with(
      S stub, Metadata.Key<String> key, String token) {
    Metadata headers = new Metadata();
    headers.put(key, token);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private AuthGrpc.AuthBlockingStub auth() {
    return AuthGrpc.newBlockingStub(channel()).withWaitForReady();
  }

  private KVGrpc.KVBlockingStub kv(String token) {
    return with(KVGrpc.newBlockingStub(channel()), TOKEN, token);
  }

  private String login(String name, String password) {
    return auth()
        .authenticate(AuthenticateRequest.newBuilder().setName(name).setPassword(password).build())
        .getToken();
  }

  /** Root, and alice who may read and write k; authentication is on. Returns root's token. */
  private String enable() {
    AuthGrpc.AuthBlockingStub auth = auth();
    var unused = auth.userAdd(user("root", "secret"));
    unused = auth.userAdd(user("alice", "pa"));
    assertTrue(auth.userGrantRole(roleOf("root", "root")).hasHeader());
    var added = auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("r").build());
    assertTrue(auth.userGrantRole(roleOf("alice", "r")).hasHeader());
    var permitted =
        auth.roleGrantPermission(
            AuthRoleGrantPermissionRequest.newBuilder()
                .setName("r")
                .setPerm(
                    Permission.newBuilder()
                        .setPermType(Permission.Type.READWRITE)
                        .setKey(ByteString.copyFromUtf8("k")))
                .build());
    assertEquals(1, permitted.getHeader().getRevision());
    var enabled = auth.authEnable(AuthEnableRequest.getDefaultInstance());
    assertNotEquals(0, enabled.getHeader().getClusterId());
    assertFalse(added.getHeader().getMemberId() == 0);
    return login("root", "secret");
  }

  private static AuthUserAddRequest user(String name, String password) {
    return AuthUserAddRequest.newBuilder().setName(name).setPassword(password).build();
  }

  private static AuthUserGrantRoleRequest roleOf(String user, String role) {
    return AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build();
  }

  private static PutRequest put(String key) {
    return PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
  }

  private static void refused(ErrorCode code, Executable call) {
    StatusRuntimeException thrown = assertThrows(StatusRuntimeException.class, call);
    assertEquals(code.text(), thrown.getStatus().getDescription());
    assertEquals(code.status().value(), thrown.getStatus().getCode().value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  @DisplayName("66, 67, 68: passwords, tokens, and what a restart leaves of them")
  void usersOutliveARestartAndTokensDoNot(String engine) throws Exception {
    start(engine);
    refused(ErrorCode.AUTH_NOT_ENABLED, () -> login("root", "secret"));
    enable();
    String alice = login("alice", "pa");
    assertTrue(alice.matches("[a-zA-Z]{16}\\.[0-9]+"), alice);
    assertEquals(2, kv(alice).put(put("k")).getHeader().getRevision());
    assertEquals(1, kv(alice).range(RANGE_K).getCount());
    KVGrpc.KVBlockingStub gateways =
        with(KVGrpc.newBlockingStub(channel()), AUTHORIZATION, "Bearer " + alice);
    assertEquals(1, gateways.range(RANGE_K).getCount());
    refused(ErrorCode.PERMISSION_DENIED, () -> kv(alice).put(put("l")));
    refused(ErrorCode.USER_EMPTY, () -> KVGrpc.newBlockingStub(channel()).range(RANGE_K));
    refused(ErrorCode.USER_EMPTY, () -> KVGrpc.newBlockingStub(channel()).put(put("k")));
    refused(ErrorCode.INVALID_AUTH_TOKEN, () -> kv("none").range(RANGE_K));
    refused(ErrorCode.AUTH_FAILED, () -> login("alice", "wrong"));
    refused(ErrorCode.AUTH_FAILED, () -> login("nobody", "pa"));
    channel().shutdownNow();
    server.orElseThrow().close();
    start(engine);
    assertTrue(auth().authStatus(AuthStatusRequest.getDefaultInstance()).getEnabled());
    refused(ErrorCode.INVALID_AUTH_TOKEN, () -> kv(alice).range(RANGE_K));
    String again =
        with(auth(), TOKEN, alice)
            .authenticate(
                AuthenticateRequest.newBuilder().setName("alice").setPassword("pa").build())
            .getToken();
    assertEquals(1, kv(again).range(RANGE_K).getCount(), "the old token was no hindrance");
  }

  @Test
  @DisplayName("68: a changed password counts at once; a user may have none; 72 bytes are the most")
  void passwordsAreHashedHere() throws Exception {
    start("memory");
    String root = enable();
    AuthGrpc.AuthBlockingStub asRoot = with(auth(), TOKEN, root);
    var changed =
        asRoot.userChangePassword(
            AuthUserChangePasswordRequest.newBuilder().setName("alice").setPassword("new").build());
    assertTrue(changed.hasHeader());
    refused(ErrorCode.AUTH_FAILED, () -> login("alice", "pa"));
    assertFalse(login("alice", "new").isEmpty());
    var added =
        asRoot.userAdd(
            AuthUserAddRequest.newBuilder()
                .setName("cert")
                .setOptions(UserAddOptions.newBuilder().setNoPassword(true))
                .build());
    assertTrue(added.hasHeader());
    refused(ErrorCode.NO_PASSWORD_USER, () -> login("cert", ""));
    refused(ErrorCode.PASSWORD_TOO_LONG, () -> asRoot.userAdd(user("long", "p".repeat(73))));
    assertTrue(asRoot.userAdd(user("long", "p".repeat(72))).hasHeader());
    assertFalse(login("long", "p".repeat(72)).isEmpty());
    refused(ErrorCode.AUTH_FAILED, () -> login("long", "p".repeat(71)));
  }

  @Test
  @DisplayName("66: a token that comes after authentication was switched off is ignored")
  void tokensAreIgnoredWhenItIsOff() throws Exception {
    start("memory");
    String root = enable();
    var off = with(auth(), TOKEN, root).authDisable(AuthDisableRequest.getDefaultInstance());
    assertTrue(off.hasHeader());
    assertEquals(2, kv(root).put(put("any")).getHeader().getRevision());
    assertEquals(3, KVGrpc.newBlockingStub(channel()).put(put("any")).getHeader().getRevision());
  }

  @Test
  @DisplayName("73: what needs root, what needs any user, and what needs none")
  void callsNeedWhatTheyNeed() throws Exception {
    start("memory");
    String root = enable();
    String alice = login("alice", "pa");
    var maintenance = MaintenanceGrpc.newBlockingStub(channel());
    var cluster = ClusterGrpc.newBlockingStub(channel());
    var lease = LeaseGrpc.newBlockingStub(channel());
    AlarmRequest raise =
        AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.ACTIVATE).build();
    for (Executable call :
        List.<Executable>of(
            () -> with(maintenance, TOKEN, alice).hash(HashRequest.getDefaultInstance()),
            () -> with(maintenance, TOKEN, alice).hashKV(HashKVRequest.getDefaultInstance()),
            () ->
                with(maintenance, TOKEN, alice).defragment(DefragmentRequest.getDefaultInstance()),
            () ->
                with(maintenance, TOKEN, alice).moveLeader(MoveLeaderRequest.getDefaultInstance()),
            () -> with(maintenance, TOKEN, alice).alarm(raise),
            () ->
                with(cluster, TOKEN, alice).memberRemove(MemberRemoveRequest.getDefaultInstance()),
            () -> kv(alice).compact(CompactionRequest.getDefaultInstance()))) {
      refused(ErrorCode.PERMISSION_DENIED, call);
    }
    assertTrue(
        with(maintenance, TOKEN, root).hash(HashRequest.getDefaultInstance()).getHash() != 0);
    for (Executable call :
        List.<Executable>of(
            () -> maintenance.status(StatusRequest.getDefaultInstance()),
            () -> maintenance.alarm(AlarmRequest.getDefaultInstance()),
            () -> cluster.memberList(MemberListRequest.getDefaultInstance()),
            () -> lease.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build()))) {
      refused(ErrorCode.USER_EMPTY, call);
    }
    assertEquals(
        1,
        with(cluster, TOKEN, alice)
            .memberList(MemberListRequest.getDefaultInstance())
            .getMembersCount());
    assertTrue(auth().authStatus(AuthStatusRequest.getDefaultInstance()).getEnabled());
  }

  private static WatchRequest watch(String key) {
    return WatchRequest.newBuilder()
        .setCreateRequest(
            WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build())
        .build();
  }

  @Test
  @DisplayName("55, 56: a watch without permission is cancelled at its creation, and only then")
  void watchesNeedPermissionWhenTheyAreCreated() throws Exception {
    start("memory");
    String root = enable();
    String alice = login("alice", "pa");
    try (WatchClient client = WatchClient.open(with(WatchGrpc.newStub(channel()), TOKEN, alice))) {
      client.send(watch("l"));
      WatchResponse denied = client.next();
      assertTrue(denied.getCreated() && denied.getCanceled());
      assertEquals(-1, denied.getWatchId());
      assertEquals(
          "rpc error: code = PermissionDenied desc = etcdserver: permission denied",
          denied.getCancelReason());
      client.send(watch("k"));
      assertFalse(client.next().getCanceled(), "the stream goes on");
      var revoked =
          with(auth(), TOKEN, root)
              .roleRevokePermission(
                  AuthRoleRevokePermissionRequest.newBuilder()
                      .setRole("r")
                      .setKey(ByteString.copyFromUtf8("k"))
                      .build());
      assertTrue(revoked.hasHeader());
      var put = kv(root).put(put("k"));
      assertEquals(
          put.getHeader().getRevision(), client.next().getEvents(0).getKv().getModRevision());
      client.send(watch("k"));
      assertTrue(client.next().getCanceled());
    }
    try (WatchClient client = WatchClient.open(WatchGrpc.newStub(channel()))) {
      client.send(watch("k"));
      assertEquals(
          "rpc error: code = InvalidArgument desc = etcdserver: user name is empty",
          client.next().getCancelReason());
    }
    try (WatchClient client =
        WatchClient.open(with(WatchGrpc.newStub(channel()), TOKEN, "none.1"))) {
      client.send(watch("k"));
      assertEquals(
          "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token",
          client.next().getCancelReason());
    }
  }
}
