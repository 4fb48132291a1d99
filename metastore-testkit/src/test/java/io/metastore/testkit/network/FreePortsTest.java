package io.metastore.testkit.network;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FreePortsTest {
  @Test
  void noneIsGivenTwice() {
    Set<Integer> given = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      int port = FreePorts.next();
      assertTrue(given.add(port), () -> "twice: " + port);
    }
  }

  @Test
  void whatIsListenedOnIsPassedOver() throws Exception {
    int taken = FreePorts.next() + 1;
    try (ServerSocket listener = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
      assertTrue(listener.isBound());
      assertNotEquals(taken, FreePorts.next());
    }
  }
}
