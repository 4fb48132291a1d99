package io.metastore.app.differential;

import io.metastore.app.Server;
import io.metastore.app.StorageEngines;
import io.metastore.app.config.ServerConfig;
import io.metastore.raft.Node;
import io.metastore.testkit.network.FreePorts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A whole server of ours in this process, on free ports. */
final class OurNode implements AutoCloseable {
  private final Server server;

  private OurNode(Server server) {
    this.server = server;
  }

  /** Starts one with its data in a folder. */
  static OurNode start(Path folder, String engine) throws Exception {
    ServerConfig config =
        ServerConfig.of(
            Map.of(
                "data-dir", List.of(folder.resolve("ours").toString()),
                "listen-client-urls", List.of("http://127.0.0.1:" + FreePorts.next()),
                "listen-peer-urls", List.of("http://127.0.0.1:" + FreePorts.next()),
                // As little work for a password as there can be.
                "bcrypt-cost", List.of("4")),
            Map.of());
    return new OurNode(
        Server.start(
            config,
            StorageEngines.installed(Optional.empty(), "plugins-dir").named(engine, engine),
            Node::start));
  }

  int port() {
    return server.addresses().getFirst().getPort();
  }

  @Override
  public void close() {
    server.close();
  }
}
