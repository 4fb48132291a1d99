package io.metastore.testkit.network;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
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
    AtomicInteger counter = new AtomicInteger(4711);
    int taken = FreePorts.next(counter);
    int after = counter.get();
    try (ServerSocket listener = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
      assertTrue(listener.isBound());
      counter.set(after - 1);
      assertNotEquals(taken, FreePorts.next(counter));
    }
  }
}
