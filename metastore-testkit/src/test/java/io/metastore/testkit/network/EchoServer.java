package io.metastore.testkit.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Sends back what it is sent. */
final class EchoServer implements AutoCloseable {
  static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final ServerSocket listener;
  private final Thread acceptor;

  private EchoServer(ServerSocket listener) {
    this.listener = listener;
    this.acceptor = Thread.ofVirtual().start(() -> accept(listener));
  }

  static EchoServer start() throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.bind(ANY);
    return new EchoServer(listener);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  private static void accept(ServerSocket listener) {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        if (listener.isClosed()) {
          socket.close();
          return;
        }
        Thread unused = Thread.ofVirtual().start(() -> echo(socket));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      long unused = socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // Cut.
    }
  }

  /**
   * Returns when nobody is accepted any more: closing the listener alone does not wait for that.
   */
  @Override
  public void close() throws IOException {
    listener.close();
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
