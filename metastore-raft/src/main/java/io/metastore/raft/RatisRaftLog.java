package io.metastore.raft;

import io.metastore.core.ConsensusStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReadException;
import org.apache.ratis.protocol.exceptions.ReadIndexException;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.ExitUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated log by Apache Ratis: one server with one group.
 *
 * <p>Thread-safe. Closing twice is harmless.
 */
final class RatisRaftLog implements RaftLog, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RatisRaftLog.class);

  private static final long GROUP_ID_PREFIX = 0x6d65746173746f72L;

  /** Whether a configuration has this member as its only voter. */
  private record Voters(RaftConfiguration configuration, boolean self) {
    static Voters of(RaftConfiguration configuration, RaftPeerId peerId) {
      Collection<RaftPeer> current = configuration.getCurrentPeers();
      return new Voters(
          configuration,
          configuration.getPreviousPeers().isEmpty()
              && current.size() == 1
              && current.iterator().next().getId().equals(peerId));
    }
  }

  private final long clusterId;
  private final long memberId;
  private final RaftPeerId peerId;
  private final RaftGroupId groupId;
  private final ClientId clientId = ClientId.randomId();
  // Reads need call ids of their own: those of proposals are given by the proposer.
  private final ClientId readClientId = ClientId.randomId();
  private final AtomicLong readCalls = new AtomicLong();
  private final RaftServer server;
  private final RaftServer.Division division;
  private volatile Voters voters;
  private volatile boolean caughtUp;

  private RatisRaftLog(
      DataDirectory.Identity identity,
      RaftPeerId peerId,
      RaftGroupId groupId,
      RaftServer server,
      RaftServer.Division division) {
    this.clusterId = identity.clusterId();
    this.memberId = identity.memberId();
    this.peerId = peerId;
    this.groupId = groupId;
    this.server = server;
    this.division = division;
    this.voters = Voters.of(division.getRaftConf(), peerId);
  }

  /**
   * Starts the server.
   *
   * @param logDirectory made when it is missing
   * @throws IOException when the log cannot be read or written
   */
  static RatisRaftLog start(
      DataDirectory.Identity identity,
      String peerAddress,
      Path logDirectory,
      RaftProperties properties,
      RatisStateMachine stateMachine)
      throws IOException {
    // A library must not end the process: failures come as exceptions instead.
    ExitUtils.disableSystemExit();
    RaftPeerId peerId = peerId(identity.memberId());
    RaftGroupId groupId = groupId(identity.clusterId());
    RaftPeer self = RaftPeer.newBuilder().setId(peerId).setAddress(peerAddress).build();
    RaftServer server =
        RaftServer.newBuilder()
            .setServerId(peerId)
            .setGroup(RaftGroup.valueOf(groupId, self))
            .setProperties(properties)
            .setOption(
                hasLog(logDirectory, identity)
                    ? RaftStorage.StartupOption.RECOVER
                    : RaftStorage.StartupOption.FORMAT)
            .setStateMachineRegistry(group -> stateMachine)
            .build();
    try {
      server.start();
      return new RatisRaftLog(identity, peerId, groupId, server, server.getDivision(groupId));
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** True when the directory holds this member's log already. */
  static boolean hasLog(Path logDirectory, DataDirectory.Identity identity) {
    return Files.exists(segments(logDirectory, identity).resolve("raft-meta"));
  }

  /** Where this member's log segments are. */
  static Path segments(Path logDirectory, DataDirectory.Identity identity) {
    return logDirectory
        .resolve(groupId(identity.clusterId()).getUuid().toString())
        .resolve("current");
  }

  /** The name that Ratis' own metrics give this member. */
  static String metricsName(DataDirectory.Identity identity) {
    return peerId(identity.memberId()) + "@" + groupId(identity.clusterId());
  }

  private static RaftPeerId peerId(long memberId) {
    return RaftPeerId.valueOf(MemberIds.hex(memberId));
  }

  private static RaftGroupId groupId(long clusterId) {
    return RaftGroupId.valueOf(new UUID(GROUP_ID_PREFIX, clusterId));
  }

  @Override
  public CompletableFuture<Void> submit(long call, byte[] entry) {
    return send(
        RaftClientRequest.newBuilder()
            .setClientId(clientId)
            .setServerId(peerId)
            .setGroupId(groupId)
            .setCallId(call)
            .setType(RaftClientRequest.writeRequestType())
            .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
            .build());
  }

  @Override
  public CompletableFuture<Void> readIndex() {
    if (isAlone() && !division.getInfo().isLeaderReady()) {
      // Ratis answers the only member at once with what it knows to be committed: after a start
      // that is nothing until an entry of the new term is, and the log before it not yet applied.
      return CompletableFuture.failedFuture(
          new RetryableException("the only member has not applied its log yet", null));
    }
    CompletableFuture<Void> passed =
        send(
            RaftClientRequest.newBuilder()
                .setClientId(readClientId)
                .setServerId(peerId)
                .setGroupId(groupId)
                .setCallId(readCalls.incrementAndGet())
                .setType(RaftClientRequest.readRequestType())
                .setMessage(Message.EMPTY)
                .build());
    return passed.thenRun(() -> caughtUp = true);
  }

  private CompletableFuture<Void> send(RaftClientRequest request) {
    CompletableFuture<RaftClientReply> reply;
    try {
      reply = server.submitClientRequestAsync(request);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(failure(e));
    }
    CompletableFuture<Void> result = new CompletableFuture<>();
    CompletableFuture<RaftClientReply> unused =
        reply.whenComplete(
            (answer, failure) -> {
              if (failure != null) {
                result.completeExceptionally(failure(failure));
              } else if (answer.getException() != null) {
                result.completeExceptionally(failure(answer.getException()));
              } else {
                result.complete(null);
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
      case ReadIndexException e -> new RetryableException("the leader did not answer", e);
      case ReadException e -> new RetryableException("not ready to read", e);
      default -> cause;
    };
  }

  /**
   * Removes the part of the log that nobody needs any more, by whole segments, in the background.
   *
   * @param index the last log index that the engine has durably
   */
  void purge(long index) {
    CompletableFuture<Long> unused =
        division
            .getRaftLog()
            .purge(index)
            .whenComplete(
                (purged, failure) -> {
                  if (failure != null) {
                    LOG.warn("log not purged up to {}, the next flush tries again", index, failure);
                  }
                });
  }

  @Override
  public boolean isSoleVoter() {
    return caughtUp && isAlone();
  }

  private boolean isAlone() {
    RaftConfiguration configuration = division.getRaftConf();
    Voters known = voters;
    if (!known.configuration().equals(configuration)) {
      known = Voters.of(configuration, peerId);
      voters = known;
    }
    return known.self();
  }

  @Override
  public ConsensusStatus status() {
    DivisionInfo info = division.getInfo();
    return new ConsensusStatus(
        clusterId,
        memberId,
        leaderId(info.getLeaderId()),
        info.getCurrentTerm(),
        division.getRaftLog().getLastCommittedIndex(),
        info.getLastAppliedIndex(),
        false);
  }

  private long leaderId(@Nullable RaftPeerId leader) {
    if (leader == null) {
      return 0;
    }
    return leader.equals(peerId) ? memberId : memberId(leader);
  }

  /** The member that a peer id stands for. */
  static long memberId(RaftPeerId peer) {
    return Long.parseUnsignedLong(peer.toString(), 16);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
