package org.apache.ratis.util;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.AlreadyClosedException;
import org.apache.ratis.util.function.CheckedFunction;
import org.apache.ratis.util.function.CheckedSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to other members, each made when it is first used. Thread-safe.
 *
 * <p>Stands in for Ratis 3.3.0's class of this name, and does as that one does, but for {@link
 * #move}: there a member has the address it was first known by for as long as the process runs.
 *
 * @param <PROXY> a connection
 */
public class PeerProxyMap<PROXY extends Closeable> implements RaftPeer.Add, Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerProxyMap.class);

  /** A member and the connection to it. */
  private final class Entry {
    private final RaftPeer peer;
    private final ReentrantLock lock = new ReentrantLock();
    // Both guarded by lock.
    private Optional<PROXY> proxy = Optional.empty();
    private boolean closed;

    Entry(RaftPeer peer) {
      this.peer = peer;
    }

    PROXY proxy() throws IOException {
      lock.lock();
      try {
        if (closed) {
          throw new AlreadyClosedException(name + ": the connection to " + peer + " is closed");
        }
        if (proxy.isEmpty()) {
          proxy = Optional.of(create.apply(peer));
        }
        return proxy.get();
      } finally {
        lock.unlock();
      }
    }

    /** Makes no connection from now on, and hands over the one there is. */
    Optional<PROXY> end() {
      lock.lock();
      try {
        closed = true;
        Optional<PROXY> last = proxy;
        proxy = Optional.empty();
        return last;
      } finally {
        lock.unlock();
      }
    }

    /** Closes the connection, which may take a while. */
    void close() {
      end()
          .ifPresent(
              last -> {
                try {
                  last.close();
                } catch (IOException e) {
                  LOG.warn("{}: the connection to {} did not close cleanly", name, peer, e);
                }
              });
    }
  }

  private final String name;
  private final CheckedFunction<RaftPeer, PROXY, IOException> create;
  private final Map<RaftPeerId, Entry> entries = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Creates a map without members. */
  public PeerProxyMap(String name, CheckedFunction<RaftPeer, PROXY, IOException> create) {
    this.name = name;
    this.create = create;
  }

  /** Whose connections these are. */
  public String getName() {
    return name;
  }

  /** The connection to a member that was added. */
  public PROXY getProxy(RaftPeerId id) throws IOException {
    Entry entry = entries.get(Objects.requireNonNull(id, "id"));
    Objects.requireNonNull(entry, () -> name + ": member " + id + " is not known");
    return open(entry).proxy();
  }

  private Entry open(Entry entry) throws AlreadyClosedException {
    if (closed) {
      throw new AlreadyClosedException(name + " is closed");
    }
    return entry;
  }

  /** Adds members; those that are known stay as they are. */
  @Override
  public void addRaftPeers(Collection<RaftPeer> peers) {
    peers.forEach(this::computeIfAbsent);
  }

  /** Adds a member, unless it is known, and gives the connection to it. */
  public CheckedSupplier<PROXY, IOException> computeIfAbsent(RaftPeer peer) {
    Entry entry = entries.computeIfAbsent(peer.getId(), id -> new Entry(peer));
    return () -> open(entry).proxy();
  }

  /** Adds a member, or goes on with it at its new address. */
  public void move(RaftPeer peer) {
    Entry known = entries.get(peer.getId());
    if (known == null || !known.peer.getAddress().equals(peer.getAddress())) {
      Entry before = entries.put(peer.getId(), new Entry(peer));
      Optional.ofNullable(before).ifPresent(Entry::close);
    }
  }

  /** Ends the connection to a member; the next use makes a new one. */
  public void resetProxy(RaftPeerId id) {
    Entry known = entries.get(id);
    // Somebody else may have replaced it just now: then that is the new one.
    if (known != null && entries.replace(id, known, new Entry(known.peer))) {
      known.close();
    }
  }

  /**
   * Ends the connection to a member if it, or the failure, asks for that.
   *
   * @return whether it did
   */
  public boolean handleException(RaftPeerId id, Throwable failure, boolean reconnect) {
    boolean reset = reconnect || IOUtils.shouldReconnect(failure);
    if (reset) {
      resetProxy(id);
    }
    return reset;
  }

  @Override
  public void close() {
    closed = true;
    List<CompletableFuture<Void>> closing = new ArrayList<>();
    // Each on a thread of its own: a member that is silent is waited for.
    entries
        .values()
        .forEach(
            entry ->
                closing.add(
                    CompletableFuture.runAsync(
                        entry::close, task -> Thread.ofPlatform().daemon().start(task))));
    closing.forEach(CompletableFuture::join);
  }
}
