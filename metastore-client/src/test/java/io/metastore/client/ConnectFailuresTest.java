package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ConnectOptions;
import io.metastore.api.ErrorCode;
import io.metastore.api.Keys;
import io.metastore.api.Lease;
import io.metastore.api.Metastore;
import io.metastore.api.MetastoreException;
import io.metastore.api.OpenOptions;
import io.metastore.api.UnavailableException;
import io.metastore.api.UnknownOutcomeException;
import io.metastore.api.Watch;
import io.metastore.api.WatchOutcome;
import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that are not there, or are and do not answer. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ConnectFailuresTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG_ENOUGH_TO_SEND = Duration.ofSeconds(3);

  private static Metastore connect(int port) {
    return Metastore.connect(
        ConnectOptions.to("http://127.0.0.1:" + port).withRequestTimeout(SHORT));
  }

  @Test
  void writeThatNeverLeftCannotHaveBeenDone() throws Exception {
    try (Metastore store = connect(FreePorts.next())) {
      assertThrows(UnavailableException.class, () -> store.put("/a", "1"));
      assertThrows(UnavailableException.class, () -> store.get("/a"));
    }
  }

  @Test
  void viewWaitsItsOwnTime() throws Exception {
    ConnectOptions patient =
        ConnectOptions.to("http://127.0.0.1:" + FreePorts.next())
            .withRequestTimeout(Duration.ofMinutes(2));
    // As long as the store's own time it would not wait: the test's is shorter.
    try (Metastore store = Metastore.connect(patient)) {
      assertThrows(UnavailableException.class, () -> store.withTimeout(SHORT).get("/a"));
      assertThrows(IllegalArgumentException.class, () -> store.withTimeout(Duration.ZERO));
    }
  }

  @Test
  void writeThatLeftMayHaveBeenDone() throws Exception {
    // It takes the connection, speaks as little HTTP/2 as it must, and answers nothing.
    byte[] settings = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Metastore store =
            Metastore.connect(
                ConnectOptions.to("http://127.0.0.1:" + server.getLocalPort())
                    .withRequestTimeout(LONG_ENOUGH_TO_SEND))) {
      CompletableFuture<Socket> accepted = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  Socket socket = server.accept();
                  socket.getOutputStream().write(settings);
                  accepted.complete(socket);
                } catch (IOException e) {
                  accepted.completeExceptionally(e);
                }
              });
      assertThrows(UnknownOutcomeException.class, () -> store.put("/a", "1"));
      accepted.get(10, TimeUnit.SECONDS).close();
    }
  }

  @Test
  void closingFailsWhatWaits() throws Exception {
    Metastore store = Metastore.connect("http://127.0.0.1:" + FreePorts.next());
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    store.get("/a");
                    failure.completeExceptionally(new AssertionError("answered"));
                  } catch (MetastoreException e) {
                    failure.complete(e);
                  }
                });
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (reader.getState() != Thread.State.TIMED_WAITING && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    long start = System.nanoTime();
    store.close();
    assertInstanceOf(UnavailableException.class, failure.get(10, TimeUnit.SECONDS));
    assertTrue(
        System.nanoTime() - start < TimeUnit.SECONDS.toNanos(3), "it waited for the timeout");
    assertEquals(1, store.endpoints().size());
  }

  @Test
  void watchOfAUserOutlivesServersThatAreAwayAndEndsWhenTheUserIsRefused() throws Exception {
    int port = FreePorts.next();
    ConnectOptions options = ConnectOptions.to("http://127.0.0.1:" + port).asUser("me", "secret");
    try (Metastore store = Metastore.connect(options);
        Watch watch = store.watch(Keys.all())) {
      // Longer than a token is waited for.
      assertEquals(Optional.empty(), watch.poll(Duration.ofSeconds(6)));
      assertEquals(Optional.empty(), watch.outcome());
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      try (Metastore server = Metastore.open(OpenOptions.inMemory().servingClients(address))) {
        assertEquals(1, server.endpoints().size());
        assertFalse(watch.hasNext());
        WatchOutcome.Failed failed =
            assertInstanceOf(WatchOutcome.Failed.class, watch.outcome().orElseThrow());
        assertEquals(ErrorCode.AUTH_NOT_ENABLED, failed.cause().code());
      }
    }
  }

  @Test
  void leaseThatNobodyRenewsIsGivenUpInItsTime() throws Exception {
    Metastore server =
        Metastore.open(
            OpenOptions.inMemory()
                .servingClients(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    try (Metastore store = Metastore.connect(server.endpoints().getFirst().toString())) {
      Lease lease = store.lease(Duration.ofSeconds(2));
      assertTrue(lease.isAlive());
      server.close();
      long start = System.nanoTime();
      lease.awaitEnd();
      assertFalse(lease.isAlive());
      assertTrue(System.nanoTime() - start < lease.ttl().plusSeconds(2).toNanos());
    } finally {
      server.close();
    }
  }
}
