package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.ConnectOptions;
import io.metastore.api.ErrorCode;
import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.core.watch.WatchReceiver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stream of a watch, beneath its queue. */
@Timeout(120)
final class RemoteWatchTest {
  /** Takes one response and is never ready for a second. */
  private static final class SlowReceiver implements WatchReceiver {
    private final CountDownLatch received = new CountDownLatch(1);
    private final CompletableFuture<ErrorCode> ended = new CompletableFuture<>();

    @Override
    public boolean ready() {
      return false;
    }

    @Override
    public void send(WatchResponse response) {
      received.countDown();
    }

    @Override
    public void more() {}

    @Override
    public void end(ErrorCode reason) {
      ended.complete(reason);
    }
  }

  @Test
  void readerThatComesBackToAClosedConnectionDoesNoHarm() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Metastore server = Metastore.open(OpenOptions.inMemory().servingClients(any))) {
      Connection connection =
          new Connection(ConnectOptions.to(server.endpoints().getFirst().toString()));
      SlowReceiver receiver = new SlowReceiver();
      RemoteWatch watch = new RemoteWatch(connection, receiver);
      watch.request(
          WatchRequest.newBuilder()
              .setCreateRequest(
                  WatchCreateRequest.newBuilder().setKey(ByteString.copyFromUtf8("a")))
              .build());
      assertTrue(receiver.received.await(20, TimeUnit.SECONDS), "no answer");
      connection.close();
      assertEquals(
          ErrorCode.TIMEOUT_DUE_TO_CONNECTION_LOST, receiver.ended.get(20, TimeUnit.SECONDS));
      watch.ready();
      watch.close();
      watch.close();
    }
  }
}
