package io.metastore.app;

import io.metastore.app.config.LogFormat;
import io.metastore.app.config.LogLevel;
import io.metastore.app.config.ServerConfig;
import io.metastore.app.logging.Logging;
import java.util.List;
import java.util.Map;

/**
 * A server that answers from a map, for measuring what the front end alone costs: {@code
 * main(client port, peer port)}.
 */
public final class FakeServerMain {
  private FakeServerMain() {}

  /** Runs until killed. */
  public static void main(String[] args) throws Exception {
    Logging.start(LogLevel.INFO, LogFormat.CONSOLE);
    ServerConfig config =
        ServerConfig.of(
            Map.of(
                "listen-client-urls", List.of("http://127.0.0.1:" + args[0]),
                "listen-peer-urls", List.of("http://127.0.0.1:" + args[1])),
            Map.of());
    try (Server server = Server.start(config, new FakeEngine("fake"), options -> new FakeNode())) {
      System.out.println("serving on " + server.addresses());
      server.terminated().join();
    }
  }
}
