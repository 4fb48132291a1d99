package io.metastore.raft;

import io.metastore.raft.RaftLog.RetryableException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.ratis.client.ClientFactory;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.util.TimeDuration;

/**
 * Sends Ratis' client requests to other members' servers, over one connection to each.
 *
 * <p>Thread-safe; nothing blocks. Every failure to get a reply is a {@link RetryableException}:
 * whether the request arrived is not known then. Call ids of requests under way must differ.
 */
final class PeerLink implements AutoCloseable {
  /** After a failure the member is left alone for so long: a connection is not made in vain. */
  private static final Duration PAUSE = Duration.ofMillis(50);

  private record Pending(
      RaftPeerId target, RaftPeerId id, CompletableFuture<RaftClientReply> outcome) {}

  // Empty for a member that has no peers.
  private final Optional<RaftClientRpc> rpc;
  private final Set<Pending> pending = ConcurrentHashMap.newKeySet();
  private final Map<RaftPeerId, Long> notBefore = new ConcurrentHashMap<>();
  private final Map<RaftPeerId, Long> brokenNanos = new ConcurrentHashMap<>();

  private PeerLink(Optional<RaftClientRpc> rpc) {
    this.rpc = rpc;
  }

  /**
   * Opens a link.
   *
   * @param properties of the member's own server
   * @param timeout after which a reply is no longer waited for
   */
  static PeerLink open(RaftProperties properties, Duration timeout) {
    if (NoPeersRpc.isUsed(properties)) {
      return new PeerLink(Optional.empty());
    }
    RaftProperties own = new RaftProperties(properties);
    RaftClientConfigKeys.Rpc.setRequestTimeout(
        own, TimeDuration.valueOf(timeout.toMillis(), TimeUnit.MILLISECONDS));
    return new PeerLink(
        Optional.of(
            ClientFactory.cast(SupportedRpcType.GRPC.newFactory(new Parameters()))
                .newRaftClientRpc(ClientId.randomId(), own)));
  }

  /**
   * Sends a request; the reply may hold an exception.
   *
   * @param request made for the id that the target has on this link
   */
  CompletableFuture<RaftClientReply> send(
      RaftPeer target, Function<RaftPeerId, RaftClientRequest> request) {
    if (rpc.isEmpty()) {
      return CompletableFuture.failedFuture(new RetryableException("there are no peers", null));
    }
    // Ratis keeps the first address of an id for good: a member that moved is another here.
    RaftPeerId id = RaftPeerId.valueOf(target.getId() + "@" + target.getAddress());
    Long pause = notBefore.get(id);
    if (pause != null && System.nanoTime() - pause < 0) {
      return CompletableFuture.failedFuture(
          new RetryableException("member " + id + " did not answer a moment ago", null));
    }
    rpc.get().addRaftPeers(RaftPeer.newBuilder().setId(id).setAddress(target.getAddress()).build());
    Pending call = new Pending(target.getId(), id, new CompletableFuture<>());
    pending.add(call);
    CompletableFuture<Void> unused =
        rpc.get()
            .sendRequestAsyncUnordered(request.apply(id))
            .handle(
                (reply, failure) -> {
                  pending.remove(call);
                  if (failure == null) {
                    call.outcome().complete(reply);
                  } else if (!call.outcome().isDone()) {
                    broken(id);
                    brokenNanos.put(target.getId(), System.nanoTime());
                    call.outcome()
                        .completeExceptionally(
                            new RetryableException("member " + id + " did not answer", failure));
                  }
                  return null;
                });
    return call.outcome();
  }

  private void broken(RaftPeerId id) {
    notBefore.put(id, System.nanoTime() + PAUSE.toNanos());
    // Also after an answer of "not the leader": Ratis ends the stream of replies with it.
    disconnect(id);
  }

  private void disconnect(RaftPeerId id) {
    withoutWaiting(
        () -> rpc.orElseThrow().handleException(id, new IOException("of this link"), true));
  }

  /**
   * Has Ratis end connections without waiting for what is under way on them: it would wait 3 s for
   * the answers of a member that is silent, unless it is interrupted.
   */
  static void withoutWaiting(Runnable closing) {
    boolean interrupted = Thread.interrupted();
    Thread.currentThread().interrupt();
    try {
      closing.run();
    } finally {
      boolean unused = Thread.interrupted();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether a member did not answer at some time since a moment. */
  boolean isBrokenSince(RaftPeerId target, long nanos) {
    Long broken = brokenNanos.get(target);
    return broken != null && broken - nanos >= 0;
  }

  /** Whether a reply is waited for. */
  boolean isWaiting() {
    return !pending.isEmpty();
  }

  /** Gives up waiting for some members, which may answer or not. */
  void abandon(Predicate<RaftPeerId> target) {
    List<Pending> given = pending.stream().filter(p -> target.test(p.target())).toList();
    for (Pending call : given) {
      pending.remove(call);
      call.outcome()
          .completeExceptionally(
              new RetryableException("member " + call.target() + " no longer leads", null));
    }
    given.stream().map(Pending::id).distinct().forEach(this::disconnect);
  }

  @Override
  public void close() throws IOException {
    abandon(target -> true);
    if (rpc.isPresent()) {
      rpc.get().close();
    }
  }
}
