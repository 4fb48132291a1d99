package io.metastore.testkit.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for the servers of tests.
 *
 * <p>They are below those that systems give to clients' connections, any of which could be taken
 * before the server that is to have it starts. A process gives none twice, because the port of a
 * server that is down at the moment looks free; where it begins is random, so that processes that
 * test at the same time do not meet.
 */
public final class FreePorts {
  private static final int PORT_MIN = 10_000;
  private static final int PORT_MAX = 32_000;

  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(PORT_MAX - PORT_MIN));

  private FreePorts() {}

  /**
   * A port of the loopback address that nobody listens on.
   *
   * @throws IllegalStateException when there is none
   */
  public static int next() {
    return next(NEXT);
  }

  static int next(AtomicInteger counter) {
    for (int tries = PORT_MIN; tries < PORT_MAX; tries++) {
      int port = PORT_MIN + Math.floorMod(counter.getAndIncrement(), PORT_MAX - PORT_MIN);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        // Somebody has it: the next one, then.
      }
    }
    throw new IllegalStateException("no port from " + PORT_MIN + " to " + PORT_MAX + " is free");
  }
}
