package io.metastore.testkit.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP proxy from an address to a target, which can be given a {@link Fault}. The target need not
 * be there: connections are then closed. Thread-safe; closing twice is harmless.
 */
public final class Link implements AutoCloseable {
  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final FaultState fault = new FaultState();
  private final Set<Relay> relays = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;
  private volatile boolean closed;

  private Link(ServerSocket listener, InetSocketAddress target) {
    this.listener = listener;
    this.target = target;
    this.acceptor = Thread.ofVirtual().name("link " + address()).start(this::accept);
  }

  /**
   * Opens a link without a fault.
   *
   * @param listen port 0 for one that is free
   * @throws IOException when that cannot be listened on
   */
  public static Link open(InetSocketAddress listen, InetSocketAddress target) throws IOException {
    ServerSocket listener = new ServerSocket();
    try {
      listener.setReuseAddress(true);
      listener.bind(listen);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    return new Link(listener, target);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** Changes what happens to bytes and connections from now on. */
  public void set(Fault change) {
    fault.set(change);
    if (change instanceof Fault.Cut) {
      relays.forEach(Relay::reset);
    }
  }

  /** How many connections there are. */
  public int connections() {
    return relays.size();
  }

  private void accept() {
    while (!closed) {
      try {
        Socket near = listener.accept();
        Thread unused = Thread.ofVirtual().name("relay " + address()).start(() -> relay(near));
      } catch (IOException e) {
        // Closed, or a connection that was given up before it was accepted.
      }
    }
  }

  private void relay(Socket near) {
    Relay relay = new Relay(near, fault);
    relays.add(relay);
    try {
      // After it is among those that a cut or a close resets, or it would outlive them.
      if (closed || fault.isCut()) {
        relay.reset();
      } else {
        relay.run(target);
      }
    } finally {
      relays.remove(relay);
    }
  }

  /**
   * Ends listening and all connections, and returns when nobody can connect any more; earlier when
   * interrupted.
   */
  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
    } catch (IOException e) {
      throw new IllegalStateException("link not closed: " + address(), e);
    }
    relays.forEach(Relay::reset);
    try {
      // The port is open for as long as a virtual thread that accepts has not noticed.
      acceptor.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
