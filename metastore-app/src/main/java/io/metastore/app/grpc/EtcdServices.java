package io.metastore.app.grpc;

import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.HealthStatusManager;
import io.metastore.app.auth.Passwords;
import io.metastore.app.grpc.stub.ClusterGrpc;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.app.grpc.stub.LeaseGrpc;
import io.metastore.app.grpc.stub.MaintenanceGrpc;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.app.metrics.CallMetrics;
import io.metastore.core.MetadataStore;
import io.metastore.core.auth.AuthStore;
import io.metastore.core.auth.Permissions;
import io.metastore.core.member.ClusterStore;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.DefragmentResponse;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseKeepAliveResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * The services that a server offers. Thread-safe.
 *
 * <p>What concerns keys and leases is checked by the store, against the data that it is about. What
 * a caller needs for everything else stands here, beside the method (behaviour 73 of the contract).
 */
public final class EtcdServices implements AutoCloseable {
  private static final String KV = KVGrpc.SERVICE_NAME;
  private static final String WATCH = WatchGrpc.SERVICE_NAME;
  private static final String LEASE = LeaseGrpc.SERVICE_NAME;

  private final Sources sources;
  private final Methods methods;
  private final Callers callers;
  private final LearnerGate learners;
  private final BooleanSupplier leaderKnown;
  private final ReceiveLimit limit;
  private final CallMetrics metrics;
  private final LeaderMonitor leaders;
  private final WatchMethod watch;
  private final ExchangeMethod<LeaseKeepAliveRequest, LeaseKeepAliveResponse> keepAlive;
  private final HealthStatusManager health = new HealthStatusManager();

  /**
   * Who answers.
   *
   * @param store what is about keys and leases, as this process may use it
   * @param cluster what is about members
   * @param auth what is about users
   * @param passwords hashes and checks theirs
   */
  public record Sources(
      MetadataStore store, ClusterStore cluster, AuthStore auth, Passwords passwords) {}

  /**
   * Services over a node.
   *
   * @param sources answer
   * @param learner whether this member has no vote, and so answers little
   * @param leaderKnown whether there is a leader, for clients that demand one
   * @param electionTimeout clients that demand a leader are given up after three of them
   * @param requestTimeout longest time of a call, unless its client wants less
   * @param requestBytesMax largest request, which may be longer by a little on the wire
   * @param metrics counts the calls
   */
  public EtcdServices(
      Sources sources,
      BooleanSupplier learner,
      BooleanSupplier leaderKnown,
      Duration electionTimeout,
      Duration requestTimeout,
      int requestBytesMax,
      CallMetrics metrics) {
    this.sources = sources;
    this.callers = new Callers(sources.auth(), sources.store());
    this.limit = ReceiveLimit.of(requestBytesMax);
    this.methods = new Methods(callers, leaderKnown, limit, requestTimeout, metrics);
    this.learners = new LearnerGate(learner);
    this.leaderKnown = leaderKnown;
    this.metrics = metrics;
    leaders = new LeaderMonitor(leaderKnown, electionTimeout);
    watch =
        new WatchMethod(
            sources.store(),
            callers,
            leaderKnown,
            limit,
            leaders,
            metrics.method("bidi_stream", WATCH, "Watch"));
    keepAlive =
        new ExchangeMethod<>(
            LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName(),
            methods.stored(MetadataStore::leaseKeepAlive),
            callers,
            leaderKnown,
            leaders,
            limit,
            requestTimeout,
            metrics.method("bidi_stream", LEASE, "LeaseKeepAlive"));
  }

  /**
   * The longest message that the port may take in: longer than what the services take, so that they
   * can refuse it in etcd's words.
   */
  public static int messageBytesMax(int requestBytesMax) {
    return ReceiveLimit.of(requestBytesMax).bytesMax() + ReceiveLimit.ROOM_BYTES;
  }

  /** What is to be registered. */
  public List<ServerServiceDefinition> definitions() {
    List<ServerServiceDefinition> all = new ArrayList<>();
    for (ServerServiceDefinition service :
        List.of(
            kv(),
            watch(),
            lease(),
            cluster(),
            maintenance(),
            new AuthService(sources.auth(), sources.passwords()).definition(methods))) {
      all.add(ServerInterceptors.intercept(service, learners));
    }
    all.add(health.getHealthService().bindService());
    return all;
  }

  /** Makes the health service say NOT_SERVING from now on, and ends streams. */
  public void stopServing() {
    health.enterTerminalState();
    watch.stop();
    keepAlive.stop();
  }

  /** Ends the services' own tasks. */
  @Override
  public void close() {
    leaders.close();
  }

  private ServerServiceDefinition kv() {
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(KV);
    methods.addStored(service, KVGrpc.getRangeMethod(), MetadataStore::range);
    methods.addStored(service, KVGrpc.getPutMethod(), MetadataStore::put);
    methods.addStored(service, KVGrpc.getDeleteRangeMethod(), MetadataStore::deleteRange);
    methods.addStored(service, KVGrpc.getTxnMethod(), MetadataStore::txn);
    methods.addStored(service, KVGrpc.getCompactMethod(), MetadataStore::compact);
    service.addMethod(
        RequestMarshaller.reading(KVGrpc.getRangeStreamMethod()),
        new ServerStreamMethod<>(
            KVGrpc.getRangeStreamMethod().getFullMethodName(),
            (caller, request) -> callers.store(caller).rangeStream(request)::next,
            callers,
            message -> message.getRangeResponse().hasHeader(),
            leaderKnown,
            limit,
            metrics.method("server_stream", KV, "RangeStream")));
    return service.build();
  }

  private ServerServiceDefinition watch() {
    return ServerServiceDefinition.builder(WATCH)
        .addMethod(RequestMarshaller.reading(WatchGrpc.getWatchMethod()), watch)
        .build();
  }

  private ServerServiceDefinition lease() {
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(LEASE);
    methods.addStored(service, LeaseGrpc.getLeaseGrantMethod(), MetadataStore::leaseGrant);
    methods.addStored(service, LeaseGrpc.getLeaseRevokeMethod(), MetadataStore::leaseRevoke);
    methods.addStored(
        service, LeaseGrpc.getLeaseTimeToLiveMethod(), MetadataStore::leaseTimeToLive);
    methods.addStored(service, LeaseGrpc.getLeaseLeasesMethod(), MetadataStore::leaseLeases);
    service.addMethod(RequestMarshaller.reading(LeaseGrpc.getLeaseKeepAliveMethod()), keepAlive);
    return service.build();
  }

  private ServerServiceDefinition cluster() {
    ServerServiceDefinition.Builder service =
        ServerServiceDefinition.builder(ClusterGrpc.SERVICE_NAME);
    ClusterStore cluster = sources.cluster();
    methods.add(
        service,
        ClusterGrpc.getMemberAddMethod(),
        admin((caller, request, timeout) -> cluster.memberAdd(request, timeout)));
    methods.add(
        service,
        ClusterGrpc.getMemberRemoveMethod(),
        admin((caller, request, timeout) -> cluster.memberRemove(request, timeout)));
    methods.add(
        service,
        ClusterGrpc.getMemberUpdateMethod(),
        admin((caller, request, timeout) -> cluster.memberUpdate(request, timeout)));
    methods.add(
        service,
        ClusterGrpc.getMemberPromoteMethod(),
        admin((caller, request, timeout) -> cluster.memberPromote(request, timeout)));
    methods.add(
        service,
        ClusterGrpc.getMemberListMethod(),
        user((caller, request, timeout) -> cluster.memberList(request, timeout)));
    return service.build();
  }

  private ServerServiceDefinition maintenance() {
    ServerServiceDefinition.Builder service =
        ServerServiceDefinition.builder(MaintenanceGrpc.SERVICE_NAME);
    MetadataStore store = sources.store();
    methods.add(
        service,
        MaintenanceGrpc.getStatusMethod(),
        user((caller, request, timeout) -> CompletableFuture.completedFuture(store.status())));
    methods.add(
        service,
        MaintenanceGrpc.getAlarmMethod(),
        (caller, request, timeout) -> {
          if (request.getAction() == AlarmRequest.AlarmAction.GET) {
            callers.permissions(caller).requireUser();
          } else {
            callers.permissions(caller).requireAdmin();
          }
          return callers.store(caller).alarm(request, timeout);
        });
    methods.add(
        service,
        MaintenanceGrpc.getHashMethod(),
        admin((caller, request, timeout) -> store.hash(request, timeout)));
    methods.add(
        service,
        MaintenanceGrpc.getHashKVMethod(),
        admin((caller, request, timeout) -> store.hashKv(request, timeout)));
    methods.add(
        service,
        MaintenanceGrpc.getMoveLeaderMethod(),
        admin((caller, request, timeout) -> sources.cluster().moveLeader(request, timeout)));
    // Our engines give space back by themselves: there is nothing to do, and etcd's answer has no
    // header either.
    methods.add(
        service,
        MaintenanceGrpc.getDefragmentMethod(),
        admin(
            (caller, request, timeout) ->
                CompletableFuture.completedFuture(DefragmentResponse.getDefaultInstance())));
    return service.build();
  }

  private <Q, R> UnaryMethod.Action<Q, R> admin(UnaryMethod.Action<Q, R> action) {
    return callers.only(Permissions::requireAdmin, action);
  }

  private <Q, R> UnaryMethod.Action<Q, R> user(UnaryMethod.Action<Q, R> action) {
    return callers.only(Permissions::requireUser, action);
  }
}
