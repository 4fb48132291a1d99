package io.metastore.raft.embedded;

import io.metastore.raft.StartException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds a port for an address that leaves it open. It must be known before it is opened, because a
 * member tells others of it; so it is one below those that the system gives to clients'
 * connections, any of which could take it meanwhile.
 */
final class FreePort {
  private static final int PORT_MIN = 10_000;
  private static final int PORT_MAX = 32_000;
  private static final int TRIES_MAX = 100;

  private FreePort() {}

  /** The same address with a port. */
  static Optional<InetSocketAddress> resolve(Optional<InetSocketAddress> wanted)
      throws StartException {
    return wanted.isPresent() && wanted.get().getPort() == 0
        ? Optional.of(find(wanted.get()))
        : wanted;
  }

  private static InetSocketAddress find(InetSocketAddress wanted) throws StartException {
    String refusal = "";
    for (int i = 0; i < TRIES_MAX; i++) {
      int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
      InetSocketAddress address = new InetSocketAddress(wanted.getAddress(), port);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(address);
        return address;
      } catch (IOException e) {
        refusal = String.valueOf(e.getMessage());
      }
    }
    throw new StartException(
        wanted + ": no free port in " + TRIES_MAX + " tries (" + refusal + ")");
  }
}
