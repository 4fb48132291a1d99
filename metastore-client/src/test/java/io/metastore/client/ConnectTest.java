package io.metastore.client;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A server of ours, over the network. */
final class ConnectTest extends ConcurrencyContract {
  private static Metastore server;
  private static Metastore connected;

  @BeforeAll
  static void open() {
    server =
        Metastore.open(
            OpenOptions.inMemory()
                .servingClients(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    connected = Metastore.connect(server.endpoints().getFirst().toString());
  }

  @AfterAll
  static void close() {
    connected.close();
    server.close();
  }

  @Override
  Metastore store() {
    return connected;
  }

  @Override
  Metastore another() {
    return Metastore.connect(server.endpoints().getFirst().toString());
  }
}
