package io.metastore.app.port;

import io.metastore.raft.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out early whether addresses can be listened on, all at once, before anything is opened or
 * written. Used by one thread.
 */
public final class Reservation implements AutoCloseable {
  private record Held(String spelled, InetSocketAddress address) {}

  private final List<Held> held = new ArrayList<>();
  private final List<ServerSocket> sockets = new ArrayList<>();

  /** Holds nothing yet. */
  public Reservation() {}

  /**
   * Takes addresses, until {@link #close}.
   *
   * @param spelled the setting as the operator wrote it
   * @throws StartException when one cannot be taken; the message names it
   */
  public List<InetSocketAddress> take(String spelled, List<URI> urls) throws StartException {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (URI url : urls) {
      String which = urls.size() == 1 ? spelled + ": " : spelled + ": " + url + ": ";
      InetSocketAddress address =
          new InetSocketAddress(url.getHost().replaceAll("[\\[\\]]", ""), url.getPort());
      if (address.isUnresolved()) {
        throw new StartException(which + "the host has no address");
      }
      for (Held other : held) {
        if (collide(other.address, address)) {
          throw new StartException(
              which + "is also an address of " + other.spelled + "; each needs a port of its own");
        }
      }
      bind(which, address);
      held.add(new Held(spelled, address));
      addresses.add(address);
    }
    return addresses;
  }

  private void bind(String which, InetSocketAddress address) throws StartException {
    try {
      ServerSocket socket = new ServerSocket();
      sockets.add(socket);
      socket.setReuseAddress(true);
      socket.bind(address);
    } catch (IOException e) {
      throw new StartException(which + reason(e), e);
    }
  }

  private static boolean collide(InetSocketAddress one, InetSocketAddress other) {
    InetAddress a = one.getAddress();
    InetAddress b = other.getAddress();
    return one.getPort() == other.getPort()
        && (a.isAnyLocalAddress() || b.isAnyLocalAddress() || a.equals(b));
  }

  /** Why an address cannot be listened on, in an operator's words. */
  static String reason(IOException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String message = String.valueOf(cause.getMessage());
    if (message.contains("in use")) {
      return "the address is in use; stop what listens there, or choose another port";
    }
    if (message.contains("Cannot assign")) {
      return "this machine does not have the address";
    }
    if (message.contains("Permission denied")) {
      return "the port may not be opened by this user; choose one above 1023";
    }
    return message;
  }

  /** Lets the addresses go, to be listened on. */
  @Override
  public void close() {
    for (ServerSocket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new IllegalStateException("a socket that was never used is not closed", e);
      }
    }
    sockets.clear();
  }
}
