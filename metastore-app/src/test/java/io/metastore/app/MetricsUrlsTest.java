package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.app.config.ServerConfig;
import io.metastore.raft.StartException;
import io.metastore.testkit.network.FreePorts;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Health and metrics on ports of their own. */
final class MetricsUrlsTest {
  private final int clientPort = FreePorts.next();
  private final int first = FreePorts.next();
  private final int second = FreePorts.next();

  private ServerConfig config() throws Exception {
    return ServerConfig.of(
        Map.of(
            "listen-client-urls", List.of("http://127.0.0.1:" + clientPort),
            "listen-peer-urls", List.of("http://127.0.0.1:" + FreePorts.next()),
            "listen-metrics-urls",
                List.of("http://127.0.0.1:" + first + ",http://127.0.0.1:" + second)),
        Map.of());
  }

  private static int status(int port, String path) throws Exception {
    return TestServer.http(port, "GET", path).status();
  }

  @Test
  void theyHaveHealthAndMetricsAndNothingElse() throws Exception {
    Server server = Server.start(config(), new FakeEngine("fake"), options -> new FakeNode());
    try {
      for (int port : List.of(first, second)) {
        assertEquals(
            "{\"health\":\"true\",\"reason\":\"\"}",
            TestServer.http(port, "GET", "/health").body());
        assertEquals(200, status(port, "/livez"));
        assertEquals(200, status(port, "/readyz"));
        assertTrue(TestServer.http(port, "GET", "/metrics").body().contains("# TYPE etcd_"));
        assertEquals(404, status(port, "/version"));
        assertEquals(404, status(port, "/v3/kv/range"));
      }
      assertEquals(200, status(clientPort, "/metrics"));
      assertEquals(200, status(clientPort, "/version"));
    } finally {
      server.close();
    }
    assertThrows(ConnectException.class, () -> status(first, "/health"));
  }

  @Test
  void portInUseIsRefusedBeforeTheNodeStarts() throws Exception {
    AtomicBoolean started = new AtomicBoolean();
    try (ServerSocket taken = new ServerSocket(second, 1, InetAddress.getLoopbackAddress())) {
      StartException refusal =
          assertThrows(
              StartException.class,
              () ->
                  Server.start(
                      config(),
                      new FakeEngine("fake"),
                      options -> {
                        started.set(true);
                        return new FakeNode();
                      }));
      assertEquals(
          "--listen-metrics-urls=http://127.0.0.1:%d,http://127.0.0.1:%d: http://127.0.0.1:%d: the address is in use; stop what listens there, or choose another port"
              .formatted(first, taken.getLocalPort(), second),
          refusal.getMessage());
    }
    assertFalse(started.get());
  }
}
