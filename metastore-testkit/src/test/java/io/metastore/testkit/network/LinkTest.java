package io.metastore.testkit.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.testkit.storage.Together;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class LinkTest {
  private EchoServer echo;
  private Link link;

  @BeforeEach
  void open() throws IOException {
    echo = EchoServer.start();
    link = Link.open(EchoServer.ANY, echo.address());
  }

  @AfterEach
  void close() throws IOException {
    link.close();
    echo.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(link.address());
    socket.setSoTimeout((int) Together.DEADLINE.toMillis());
    return socket;
  }

  private static int echoed(Socket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    return socket.getInputStream().read();
  }

  @Test
  void bytesPassBothWays() throws Exception {
    byte[] bytes = new byte[3_000_000];
    new Random(1).nextBytes(bytes);
    try (Socket socket = connect()) {
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      socket.getOutputStream().write(bytes);
                      socket.shutdownOutput();
                    } catch (IOException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      assertArrayEquals(bytes, socket.getInputStream().readAllBytes());
      writer.join();
    }
    Together.await("the connection ends", () -> link.connections() == 0);
  }

  @Test
  void aTargetThatIsNotThereEndsTheConnection() throws Exception {
    echo.close();
    try (Socket socket = connect()) {
      assertEnds(socket);
    }
  }

  @Test
  void aCutResetsConnectionsAndNewOnesUntilItIsHealed() throws Exception {
    try (Socket before = connect()) {
      assertEquals(7, echoed(before, 7));
      link.set(new Fault.Cut());
      assertEnds(before);
      try (Socket during = connect()) {
        assertEnds(during);
      }
      link.set(new Fault.None());
      try (Socket after = connect()) {
        assertEquals(8, echoed(after, 8));
      }
    }
  }

  @Test
  void inSilenceNothingArrivesAndAfterItEverything() throws Exception {
    try (Socket before = connect()) {
      assertEquals(7, echoed(before, 7));
      link.set(new Fault.Silence());
      before.getOutputStream().write(8);
      try (Socket during = connect()) {
        during.getOutputStream().write(9);
        for (Socket socket : new Socket[] {before, during}) {
          socket.setSoTimeout(50);
          assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
          socket.setSoTimeout((int) Together.DEADLINE.toMillis());
        }
        link.set(new Fault.None());
        assertEquals(8, before.getInputStream().read());
        assertEquals(9, during.getInputStream().read());
      }
    }
  }

  @Test
  void aDelayIsOfLatencyAndNotOfThroughput() throws Exception {
    Duration delay = Duration.ofMillis(40);
    try (Socket socket = connect()) {
      assertEquals(7, echoed(socket, 7));
      link.set(new Fault.Delay(delay));
      long from = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        socket.getOutputStream().write(i);
      }
      for (int i = 0; i < 20; i++) {
        assertEquals(i, socket.getInputStream().read());
      }
      long nanos = System.nanoTime() - from;
      assertTrue(nanos >= 2 * delay.toNanos(), () -> nanos + " ns there and back");
      assertTrue(nanos < 20 * delay.toNanos(), () -> nanos + " ns there and back");
    }
  }

  /** Repeated, because a listener that is closed without waiting is open for a moment only. */
  @RepeatedTest(50)
  void closingEndsConnectionsAndListening() throws Exception {
    try (Socket socket = connect()) {
      assertEquals(7, echoed(socket, 7));
      link.close();
      link.close();
      assertEnds(socket);
    }
    Together.await("no connection is left", () -> link.connections() == 0);
    assertThrows(IOException.class, this::connect);
  }

  private static void assertEnds(Socket socket) {
    try {
      assertEquals(-1, socket.getInputStream().read());
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open", e);
    } catch (IOException e) {
      // Reset: it has ended.
    }
  }
}
