package io.metastore.raft.embedded;

import io.metastore.raft.Node;
import io.metastore.raft.StartException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Opens a port for etcd's clients beside a node. Found by {@link java.util.ServiceLoader};
 * thread-safe.
 */
public interface FrontEndProvider {
  /** A port that is open until it is closed. */
  interface FrontEnd extends AutoCloseable {
    /** Refuses new calls, drains those under way, closes the port. */
    @Override
    void close();
  }

  /**
   * Opens a port.
   *
   * @param node answers; it outlives the front end
   * @param address where
   * @param electionTimeout the node's
   * @param requestTimeout longest time of a call
   * @throws StartException when the address cannot be listened on
   */
  FrontEnd serve(
      Node node, InetSocketAddress address, Duration electionTimeout, Duration requestTimeout)
      throws StartException;
}
