package io.metastore.raft;

import io.metastore.core.message.Member;
import io.metastore.raft.RaftLog.RetryableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReadException;
import org.apache.ratis.protocol.exceptions.ReadIndexException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpcWithProxy;
import org.apache.ratis.server.raftlog.segmented.LogWorkers;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.PeerProxyMap;

/**
 * A running server of Ratis with the one group that this member is in.
 *
 * <p>Thread-safe. Closing twice is harmless.
 */
final class RatisServer implements AutoCloseable {
  private static final Duration WAKE_INTERVAL = Duration.ofMillis(2);

  private final DataDirectory.Identity identity;
  private final RaftPeerId peerId;
  private final RaftGroupId groupId;
  private final RaftServer server;
  private final RaftServer.Division division;
  private final Map<RaftPeerId, String> addresses = new ConcurrentHashMap<>();

  private RatisServer(
      DataDirectory.Identity identity, RaftServer server, RaftServer.Division division) {
    this.identity = identity;
    this.peerId = RatisIds.peer(identity.memberId());
    this.groupId = RatisIds.group(identity.clusterId());
    this.server = server;
    this.division = division;
  }

  /**
   * Starts the server. The founders count only until the log says who the voters are; until then
   * one that joined as a learner is in a group of its own, because Ratis decides at the start who
   * is one.
   *
   * @param address where others reach this member
   * @param logDirectory made when it is missing
   * @param gate asked about every message from another member
   * @throws IOException when the log cannot be read or written
   */
  static RatisServer start(
      DataDirectory.Identity identity,
      String address,
      Path logDirectory,
      RaftProperties properties,
      RatisStateMachine stateMachine,
      PeerGate gate)
      throws IOException {
    // A library must not end the process: failures come as exceptions instead.
    ExitUtils.disableSystemExit();
    LogWorkers.watch();
    RaftGroupId groupId = RatisIds.group(identity.clusterId());
    List<RaftPeer> founders = new ArrayList<>();
    if (identity.learner()) {
      founders.add(RatisIds.reachable(identity.memberId(), address, true));
    }
    identity.founders().forEach((id, at) -> founders.add(RatisIds.reachable(id, at, false)));
    Parameters parameters = new Parameters();
    GrpcConfigKeys.Server.setServicesCustomizer(parameters, gate);
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(RatisIds.peer(identity.memberId()))
            .setGroup(RaftGroup.valueOf(groupId, founders))
            .setProperties(properties)
            .setParameters(parameters)
            .setOption(
                hasLog(logDirectory, identity)
                    ? RaftStorage.StartupOption.RECOVER
                    : RaftStorage.StartupOption.FORMAT)
            .setStateMachineRegistry(group -> stateMachine)
            .build();
    try {
      server.start();
      return new RatisServer(identity, server, server.getDivision(groupId));
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** True when the directory holds this member's log already. */
  static boolean hasLog(Path logDirectory, DataDirectory.Identity identity) {
    return Files.exists(RatisIds.segments(logDirectory, identity).resolve("raft-meta"));
  }

  DataDirectory.Identity identity() {
    return identity;
  }

  RaftPeerId peerId() {
    return peerId;
  }

  RaftGroupId groupId() {
    return groupId;
  }

  RaftServer server() {
    return server;
  }

  RaftServer.Division division() {
    return division;
  }

  /** The voters and learners as this member's log has them, committed or not. */
  RaftConfiguration configuration() {
    return division.getRaftConf();
  }

  /** How a member is reached, if it is in the configuration. */
  Optional<RaftPeer> peer(RaftPeerId id) {
    return Optional.ofNullable(
            configuration().getPeer(id, RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER))
        .map(this::whereItIs);
  }

  /** A member of the configuration at the address it has now. */
  RaftPeer whereItIs(RaftPeer peer) {
    return Optional.ofNullable(addresses.get(peer.getId()))
        .map(address -> RaftPeer.newBuilder(peer).setAddress(address).build())
        .orElse(peer);
  }

  /**
   * Reaches the other members where they are. The log's configuration has the addresses that they
   * had when they were taken in, and Ratis never looks for others.
   */
  void reach(List<Member> members) {
    PeerProxyMap<?> connections =
        ((RaftServerRpcWithProxy<?, ?>) server.getServerRpc()).getProxies();
    for (Member member : members) {
      RaftPeer peer =
          RatisIds.reachable(member.getID(), Reconfigurer.address(member), member.getIsLearner());
      if (!peer.getId().equals(peerId)) {
        addresses.put(peer.getId(), peer.getAddress());
        PeerLink.withoutWaiting(() -> connections.move(peer));
      }
    }
  }

  /** A request of a client of ours. */
  RaftClientRequest request(
      ClientId client, RaftPeerId target, long call, RaftClientRequest.Type type, Message message) {
    return RaftClientRequest.newBuilder()
        .setClientId(client)
        .setServerId(target)
        .setGroupId(groupId)
        .setCallId(call)
        .setType(type)
        .setMessage(message)
        .build();
  }

  /** Asks this server; a reply that holds an exception is a failure. */
  CompletableFuture<Void> ask(RaftClientRequest request) {
    CompletableFuture<RaftClientReply> reply;
    try {
      reply = server.submitClientRequestAsync(request);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(failure(e));
    }
    // Not a chain of stages, which would wrap the failure.
    CompletableFuture<Void> done = new CompletableFuture<>();
    CompletableFuture<RaftClientReply> unused =
        checked(reply)
            .whenComplete(
                (answer, failure) -> {
                  if (failure == null) {
                    done.complete(null);
                  } else {
                    done.completeExceptionally(failure);
                  }
                });
    return done;
  }

  /**
   * Turns a reply that holds an exception into a failure, and whatever says that there is no leader
   * right now into a {@link RetryableException}.
   */
  static CompletableFuture<RaftClientReply> checked(CompletableFuture<RaftClientReply> reply) {
    CompletableFuture<RaftClientReply> result = new CompletableFuture<>();
    CompletableFuture<RaftClientReply> unused =
        reply.whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                result.completeExceptionally(failure(failure));
              } else if (answer.getException() != null) {
                result.completeExceptionally(failure(answer.getException()));
              } else {
                result.complete(answer);
              }
            });
    return result;
  }

  private static Throwable failure(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    return switch (cause) {
      case NotLeaderException e -> new RetryableException("not the leader", e);
      case LeaderNotReadyException e -> new RetryableException("the leader is not ready", e);
      case LeaderSteppingDownException e -> new RetryableException("the leader steps down", e);
      case ServerNotReadyException e -> new RetryableException("the member is not ready", e);
      case ReadIndexException e -> new RetryableException("the leader did not answer", e);
      case ReadException e -> new RetryableException("not ready to read", e);
      default -> cause;
    };
  }

  @Override
  public void close() throws IOException {
    AtomicBoolean closed = new AtomicBoolean();
    // In no scope: it ends with this method.
    Thread waking = Thread.ofVirtual().start(() -> wakeLog(closed));
    try {
      division.close();
    } finally {
      closed.set(true);
      LockSupport.unpark(waking);
    }
    // Nobody waits for the answers of other members any more.
    RaftConfiguration known = configuration();
    known.getAllPeers(RaftPeerRole.FOLLOWER).forEach(this::disconnect);
    known.getAllPeers(RaftPeerRole.LISTENER).forEach(this::disconnect);
    server.close();
  }

  /** Ends the connection to another member; the next use makes a new one. */
  private void disconnect(RaftPeer peer) {
    PeerLink.withoutWaiting(
        () ->
            server
                .getServerRpc()
                .handleException(peer.getId(), new IOException("of this member"), true));
  }

  private void wakeLog(AtomicBoolean closed) {
    while (!closed.get()) {
      LogWorkers.wake(peerId);
      LockSupport.parkNanos(WAKE_INTERVAL.toNanos());
    }
  }
}
