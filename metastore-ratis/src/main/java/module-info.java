/** Apache Ratis, its gRPC transport and its shaded dependencies as one real module. */
module org.apache.ratis {
  requires java.logging;
  requires java.naming;
  requires java.sql;
  requires jdk.management;
  requires jdk.unsupported;
  requires static com.google.errorprone.annotations;
  requires transitive java.management;
  requires transitive org.slf4j;

  exports org.apache.ratis;
  exports org.apache.ratis.client;
  exports org.apache.ratis.client.api;
  exports org.apache.ratis.conf;
  exports org.apache.ratis.grpc;
  exports org.apache.ratis.grpc.server;
  exports org.apache.ratis.io;
  exports org.apache.ratis.metrics;
  exports org.apache.ratis.proto;
  exports org.apache.ratis.protocol;
  exports org.apache.ratis.protocol.exceptions;
  exports org.apache.ratis.retry;
  exports org.apache.ratis.rpc;
  exports org.apache.ratis.server;
  exports org.apache.ratis.server.api;
  exports org.apache.ratis.server.leader;
  exports org.apache.ratis.server.metrics;
  exports org.apache.ratis.server.protocol;
  exports org.apache.ratis.server.raftlog;
  exports org.apache.ratis.server.raftlog.segmented to
      io.metastore.raft;
  exports org.apache.ratis.server.storage;
  exports org.apache.ratis.statemachine;
  exports org.apache.ratis.statemachine.impl;
  exports org.apache.ratis.util;
  exports org.apache.ratis.util.function;
  exports org.apache.ratis.thirdparty.com.google.protobuf;
  exports org.apache.ratis.thirdparty.io.grpc to
      io.metastore.raft;
  exports org.apache.ratis.thirdparty.io.grpc.netty to
      io.metastore.raft;

  uses org.apache.ratis.metrics.MetricRegistries;
  uses org.apache.ratis.trace.TraceProvider;
  uses org.apache.ratis.thirdparty.io.grpc.LoadBalancerProvider;
  uses org.apache.ratis.thirdparty.io.grpc.ManagedChannelProvider;
  uses org.apache.ratis.thirdparty.io.grpc.NameResolverProvider;
  uses org.apache.ratis.thirdparty.io.grpc.ServerProvider;

  provides org.apache.ratis.thirdparty.io.grpc.LoadBalancerProvider with
      org.apache.ratis.thirdparty.io.grpc.internal.PickFirstLoadBalancerProvider,
      org.apache.ratis.thirdparty.io.grpc.util.SecretRoundRobinLoadBalancerProvider.Provider,
      org.apache.ratis.thirdparty.io.grpc.util.OutlierDetectionLoadBalancerProvider;
  provides org.apache.ratis.thirdparty.io.grpc.ManagedChannelProvider with
      org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelProvider,
      org.apache.ratis.thirdparty.io.grpc.netty.UdsNettyChannelProvider;
  provides org.apache.ratis.thirdparty.io.grpc.NameResolverProvider with
      org.apache.ratis.thirdparty.io.grpc.internal.DnsNameResolverProvider,
      org.apache.ratis.thirdparty.io.grpc.netty.UdsNameResolverProvider;
  provides org.apache.ratis.thirdparty.io.grpc.ServerProvider with
      org.apache.ratis.thirdparty.io.grpc.netty.NettyServerProvider;
}
