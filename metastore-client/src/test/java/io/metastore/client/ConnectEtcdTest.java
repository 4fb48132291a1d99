package io.metastore.client;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metastore.api.Metastore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** etcd itself, over the network: what is true of it is what the API promises. */
final class ConnectEtcdTest extends ConcurrencyContract {
  @TempDir private static Path directory;
  private static Optional<Etcd> etcd = Optional.empty();
  private static Optional<Metastore> connected = Optional.empty();

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Files.isExecutable(Etcd.EXECUTABLE), Etcd.EXECUTABLE + " is not installed");
    etcd = Optional.of(Etcd.start(directory));
    connected = Optional.of(Metastore.connect(etcd.get().endpoint()));
  }

  @AfterAll
  static void stop() {
    connected.ifPresent(Metastore::close);
    etcd.ifPresent(Etcd::close);
  }

  @Override
  Metastore store() {
    return connected.orElseThrow();
  }

  @Override
  Metastore another() {
    return Metastore.connect(etcd.orElseThrow().endpoint());
  }
}
