package io.metastore.testkit.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;

/**
 * One connection through a link. Each direction has a thread that reads and one that waits until
 * the bytes may go on, so that a delay is one of latency and not of throughput. A direction that
 * ends is ended on the other side too; when both have, or one fails, the connection is closed.
 */
final class Relay {
  private static final int CHUNK_BYTES = 16 * 1024;

  /** Up to 4 MB wait in each direction; then the sender is held up. */
  private static final int CHUNKS_MAX = 256;

  /** Bytes on their way; none at the end of a direction. */
  private record Chunk(ByteBuffer bytes, long arrivedNanos) {}

  private final Socket near;
  private final Socket far = new Socket();
  private final FaultState fault;
  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch bothDirections = new CountDownLatch(2);

  Relay(Socket near, FaultState fault) {
    this.near = near;
    this.fault = fault;
  }

  /** Carries bytes until the connection ends. */
  void run(InetSocketAddress target) {
    Thread[] threads = {};
    try {
      fault.awaitPassage(System.nanoTime());
      far.connect(target);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      BlockingQueue<Chunk> there = new ArrayBlockingQueue<>(CHUNKS_MAX);
      BlockingQueue<Chunk> back = new ArrayBlockingQueue<>(CHUNKS_MAX);
      threads =
          new Thread[] {
            start(() -> read(near, there)),
            start(() -> write(far, there)),
            start(() -> read(far, back)),
            start(() -> write(near, back))
          };
      Thread end = start(this::closeAfterBothDirections);
      over.await();
      end.interrupt();
    } catch (IOException e) {
      // The target is not there.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      // After both directions have ended there may be bytes that the system still has to send.
      if (bothDirections.getCount() > 0) {
        reset();
      } else {
        close();
      }
      for (Thread thread : threads) {
        thread.interrupt();
      }
    }
  }

  private interface Part {
    void run() throws IOException, InterruptedException;
  }

  private Thread start(Part part) {
    return Thread.ofVirtual()
        .name("relay")
        .start(
            () -> {
              try {
                part.run();
              } catch (IOException | InterruptedException e) {
                // One side has gone: so must the other.
                over.countDown();
              }
            });
  }

  private void closeAfterBothDirections() throws InterruptedException {
    bothDirections.await();
    over.countDown();
  }

  private static void read(Socket from, BlockingQueue<Chunk> queue)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[CHUNK_BYTES];
    while (true) {
      int count = from.getInputStream().read(buffer);
      ByteBuffer bytes = ByteBuffer.allocate(Math.max(0, count));
      bytes.put(buffer, 0, bytes.capacity()).flip();
      queue.put(new Chunk(bytes, System.nanoTime()));
      if (count < 0) {
        return;
      }
    }
  }

  private void write(Socket to, BlockingQueue<Chunk> queue)
      throws IOException, InterruptedException {
    while (true) {
      Chunk chunk = queue.take();
      fault.awaitPassage(chunk.arrivedNanos());
      if (!chunk.bytes().hasRemaining()) {
        to.shutdownOutput();
        bothDirections.countDown();
        return;
      }
      to.getOutputStream().write(chunk.bytes().array());
    }
  }

  /** Ends the connection at once, and what is on its way with it; harmless at any time. */
  void reset() {
    for (Socket socket : new Socket[] {near, far}) {
      try {
        socket.setSoLinger(true, 0);
      } catch (IOException e) {
        // Not connected, or closed already.
      }
    }
    close();
  }

  private void close() {
    over.countDown();
    for (Socket socket : new Socket[] {near, far}) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new IllegalStateException("socket not closed: " + socket, e);
      }
    }
  }
}
