package io.metastore.app;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.metastore.app.grpc.stub.KVGrpc;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A connection to a server process, for tests that are not about a client. */
final class TestClient implements AutoCloseable {
  private static final long DEADLINE_SECONDS = 30;

  private final ManagedChannel channel;

  private TestClient(ManagedChannel channel) {
    this.channel = channel;
  }

  /** Connects when it is first used. */
  static TestClient of(ServerProcess server) {
    return new TestClient(
        NettyChannelBuilder.forAddress("127.0.0.1", server.clientPort()).usePlaintext().build());
  }

  private KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  /** Puts a key. */
  void put(String key, String value) {
    kv().put(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build());
  }

  /** The value of a key. */
  Optional<String> value(String key) {
    RangeResponse response =
        kv().range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build());
    return response.getKvsList().stream().map(kv -> kv.getValue().toStringUtf8()).findFirst();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
