/**
 * The API of {@code io.metastore.api} over a network. The Netty modules are named one by one
 * because gRPC is an automatic module, which pulls in nothing.
 */
module io.metastore.client {
  requires io.metastore.core;
  requires io.grpc;
  requires io.grpc.netty;
  requires io.grpc.protobuf;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.codec.http2;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;
  requires static org.jspecify;

  provides io.grpc.NameResolverProvider with
      io.metastore.client.EndpointResolver.Provider;
  provides io.metastore.api.provider.RemoteProvider with
      io.metastore.client.GrpcProvider;
}
