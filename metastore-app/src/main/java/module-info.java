/**
 * The server: etcd's gRPC services and HTTP endpoints over a node, configuration, command line. The
 * Netty modules are named one by one because gRPC is an automatic module, which pulls in nothing.
 */
module io.metastore.app {
  requires io.metastore.raft;
  requires bcrypt;
  requires ch.qos.logback.classic;
  requires ch.qos.logback.core;
  requires com.google.common;
  requires info.picocli;
  requires io.grpc;
  requires io.grpc.internal;
  requires io.grpc.netty;
  requires io.grpc.protobuf;
  requires io.grpc.services;
  requires io.grpc.stub;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.codec.http2;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires io.prometheus.metrics.core;
  requires io.prometheus.metrics.instrumentation.jvm;
  requires io.prometheus.metrics.model;
  requires io.prometheus.writer.text;
  requires HdrHistogram;
  requires java.management;
  requires jdk.management;
  requires jul.to.slf4j;
  requires org.slf4j;
  requires org.snakeyaml.engine.v2;
  requires static org.jspecify;

  uses io.metastore.api.storage.StorageEngineProvider;

  provides ch.qos.logback.classic.spi.Configurator with
      io.metastore.app.logging.DefaultConfigurator;
  provides io.metastore.raft.embedded.FrontEndProvider with
      io.metastore.app.EmbeddedFrontEnd;

  opens io.metastore.app.bench to
      info.picocli;
  opens io.metastore.app.cli to
      info.picocli;
}
