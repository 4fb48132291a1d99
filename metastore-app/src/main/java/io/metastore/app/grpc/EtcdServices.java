package io.metastore.app.grpc;

import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.HealthStatusManager;
import io.metastore.app.grpc.stub.ClusterGrpc;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.app.grpc.stub.LeaseGrpc;
import io.metastore.app.grpc.stub.MaintenanceGrpc;
import io.metastore.app.grpc.stub.WatchGrpc;
import io.metastore.app.metrics.CallMetrics;
import io.metastore.core.MetadataStore;
import io.metastore.core.member.ClusterStore;
import io.metastore.core.message.DefragmentResponse;
import io.metastore.core.message.LeaseKeepAliveRequest;
import io.metastore.core.message.LeaseKeepAliveResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** The services that a server offers. Thread-safe. */
public final class EtcdServices implements AutoCloseable {
  private static final String KV = KVGrpc.SERVICE_NAME;
  private static final String WATCH = WatchGrpc.SERVICE_NAME;
  private static final String LEASE = LeaseGrpc.SERVICE_NAME;
  private static final String CLUSTER = ClusterGrpc.SERVICE_NAME;
  private static final String MAINTENANCE = MaintenanceGrpc.SERVICE_NAME;

  private final MetadataStore store;
  private final ClusterStore cluster;
  private final LearnerGate learners;
  private final BooleanSupplier leaderKnown;
  private final Duration requestTimeout;
  private final CallMetrics metrics;
  private final LeaderMonitor leaders;
  private final WatchMethod watch;
  private final ExchangeMethod<LeaseKeepAliveRequest, LeaseKeepAliveResponse> keepAlive;
  private final HealthStatusManager health = new HealthStatusManager();

  /**
   * Services over a store.
   *
   * @param store answers
   * @param cluster answers what is about members
   * @param learner whether this member has no vote, and so answers little
   * @param leaderKnown whether there is a leader, for clients that demand one
   * @param electionTimeout clients that demand a leader are given up after three of them
   * @param requestTimeout longest time of a call, unless its client wants less
   * @param metrics counts the calls
   */
  public EtcdServices(
      MetadataStore store,
      ClusterStore cluster,
      BooleanSupplier learner,
      BooleanSupplier leaderKnown,
      Duration electionTimeout,
      Duration requestTimeout,
      CallMetrics metrics) {
    this.store = store;
    this.cluster = cluster;
    this.learners = new LearnerGate(learner);
    this.leaderKnown = leaderKnown;
    this.requestTimeout = requestTimeout;
    this.metrics = metrics;
    leaders = new LeaderMonitor(leaderKnown, electionTimeout);
    watch =
        new WatchMethod(
            store, leaderKnown, leaders, metrics.method("bidi_stream", WATCH, "Watch"), metrics);
    keepAlive =
        new ExchangeMethod<>(
            LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName(),
            store::leaseKeepAlive,
            leaderKnown,
            leaders,
            requestTimeout,
            metrics.method("bidi_stream", LEASE, "LeaseKeepAlive"),
            metrics);
  }

  /** What is to be registered. */
  public List<ServerServiceDefinition> definitions() {
    List<ServerServiceDefinition> all = new ArrayList<>();
    for (ServerServiceDefinition service :
        List.of(kv(), watch(), lease(), cluster(), maintenance())) {
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
    add(service, KV, "Range", KVGrpc.getRangeMethod(), store::range);
    add(service, KV, "Put", KVGrpc.getPutMethod(), store::put);
    add(service, KV, "DeleteRange", KVGrpc.getDeleteRangeMethod(), store::deleteRange);
    add(service, KV, "Txn", KVGrpc.getTxnMethod(), store::txn);
    add(service, KV, "Compact", KVGrpc.getCompactMethod(), store::compact);
    service.addMethod(
        KVGrpc.getRangeStreamMethod(),
        new ServerStreamMethod<>(
            KVGrpc.getRangeStreamMethod().getFullMethodName(),
            request -> store.rangeStream(request)::next,
            message -> message.getRangeResponse().hasHeader(),
            leaderKnown,
            metrics.method("server_stream", KV, "RangeStream"),
            metrics));
    return service.build();
  }

  private ServerServiceDefinition watch() {
    return ServerServiceDefinition.builder(WATCH)
        .addMethod(WatchGrpc.getWatchMethod(), watch)
        .build();
  }

  private ServerServiceDefinition lease() {
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(LEASE);
    add(service, LEASE, "LeaseGrant", LeaseGrpc.getLeaseGrantMethod(), store::leaseGrant);
    add(service, LEASE, "LeaseRevoke", LeaseGrpc.getLeaseRevokeMethod(), store::leaseRevoke);
    add(
        service,
        LEASE,
        "LeaseTimeToLive",
        LeaseGrpc.getLeaseTimeToLiveMethod(),
        store::leaseTimeToLive);
    add(service, LEASE, "LeaseLeases", LeaseGrpc.getLeaseLeasesMethod(), store::leaseLeases);
    service.addMethod(LeaseGrpc.getLeaseKeepAliveMethod(), keepAlive);
    return service.build();
  }

  private ServerServiceDefinition cluster() {
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(CLUSTER);
    add(service, CLUSTER, "MemberAdd", ClusterGrpc.getMemberAddMethod(), cluster::memberAdd);
    add(
        service,
        CLUSTER,
        "MemberRemove",
        ClusterGrpc.getMemberRemoveMethod(),
        cluster::memberRemove);
    add(
        service,
        CLUSTER,
        "MemberUpdate",
        ClusterGrpc.getMemberUpdateMethod(),
        cluster::memberUpdate);
    add(service, CLUSTER, "MemberList", ClusterGrpc.getMemberListMethod(), cluster::memberList);
    add(
        service,
        CLUSTER,
        "MemberPromote",
        ClusterGrpc.getMemberPromoteMethod(),
        cluster::memberPromote);
    return service.build();
  }

  private ServerServiceDefinition maintenance() {
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(MAINTENANCE);
    add(
        service,
        MAINTENANCE,
        "Status",
        MaintenanceGrpc.getStatusMethod(),
        (request, timeout) -> CompletableFuture.completedFuture(store.status()));
    add(service, MAINTENANCE, "Alarm", MaintenanceGrpc.getAlarmMethod(), store::alarm);
    add(service, MAINTENANCE, "Hash", MaintenanceGrpc.getHashMethod(), store::hash);
    add(service, MAINTENANCE, "HashKV", MaintenanceGrpc.getHashKVMethod(), store::hashKv);
    add(
        service,
        MAINTENANCE,
        "MoveLeader",
        MaintenanceGrpc.getMoveLeaderMethod(),
        cluster::moveLeader);
    // Our engines give space back by themselves: there is nothing to do, and etcd's answer has no
    // header either.
    add(
        service,
        MAINTENANCE,
        "Defragment",
        MaintenanceGrpc.getDefragmentMethod(),
        (request, timeout) ->
            CompletableFuture.completedFuture(DefragmentResponse.getDefaultInstance()));
    return service.build();
  }

  private <Q extends MessageLite, R extends MessageLite> void add(
      ServerServiceDefinition.Builder service,
      String serviceName,
      String bareName,
      MethodDescriptor<Q, R> method,
      UnaryMethod.Action<Q, R> action) {
    service.addMethod(
        method,
        new UnaryMethod<>(
            method.getFullMethodName(),
            action,
            leaderKnown,
            requestTimeout,
            metrics.method(serviceName, bareName),
            metrics));
  }
}
