module io.metastore.app {
  requires io.metastore.raft;
  requires com.google.common;
  requires info.picocli;
  requires io.grpc;
  requires io.grpc.netty;
  requires io.grpc.protobuf;
  requires io.grpc.services;
  requires io.grpc.stub;
  requires io.netty.buffer;
  requires io.netty.codec.http;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.prometheus.metrics.core;
  requires HdrHistogram;
  requires org.slf4j;
  requires org.snakeyaml.engine.v2;
  requires static org.jspecify;
}
