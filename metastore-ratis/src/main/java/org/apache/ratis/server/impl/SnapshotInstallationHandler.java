package org.apache.ratis.server.impl;

import static org.apache.ratis.server.raftlog.RaftLog.INVALID_LOG_INDEX;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.FollowerInfoProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.impl.FollowerState.UpdateType;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.LogProtoUtils;
import org.apache.ratis.server.raftlog.segmented.LogWorkers;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.ProtoUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a leader whose log does not reach back to this member: the state machine fetches an image
 * of its store, and the log goes on where that ends. While it does, appends are refused.
 *
 * <p>Stands in for Ratis 3.3.0's class of this name, of which it has the half that MetaStore uses:
 * a leader that notifies, not one that sends a snapshot's files. That one remembers an installation
 * until the same leader asks again. When the leader is lost meanwhile, and the log of the next one
 * reaches back to this member, nobody ever asks, and this member refuses appends for ever; when it
 * asks for less, each of its questions fails. Here an installation belongs to a term, and is
 * dropped by the next. And an image is gone on with only when the log's thread has done all that it
 * was given, because Ratis then throws away what that has left, with the futures in it.
 *
 * <p>Thread-safe; an installation begins and ends under the server's monitor.
 */
class SnapshotInstallationHandler {
  /**
   * What was asked for in a term.
   *
   * @param image completes with what the image holds; a failure ends the installation
   */
  private record Installation(long term, long firstAvailable, CompletableFuture<TermIndex> image) {}

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotInstallationHandler.class);

  private final RaftServerImpl server;
  private final ServerState state;
  // Null when there is none.
  private final AtomicReference<Installation> current = new AtomicReference<>();
  // The image that the log goes on after, until the first entry that comes behind it.
  private final AtomicLong installedIndex = new AtomicLong(INVALID_LOG_INDEX);

  SnapshotInstallationHandler(RaftServerImpl server, RaftProperties unused) {
    this.server = server;
    this.state = server.getState();
  }

  RaftGroupMemberId getMemberId() {
    return state.getMemberId();
  }

  long getInstalledIndex() {
    return installedIndex.getAndSet(INVALID_LOG_INDEX);
  }

  /** The index of the installation that the leader of this term waits for, if there is one. */
  long getInProgressInstallSnapshotIndex() {
    Installation installation = current.get();
    if (installation == null) {
      return INVALID_LOG_INDEX;
    }
    if (installation.term() != state.getCurrentTerm()) {
      drop(installation);
      return INVALID_LOG_INDEX;
    }
    if (installation.image().isCompletedExceptionally()) {
      // The leader asks again, or appends, if its log reaches back by now.
      current.compareAndSet(installation, null);
      return INVALID_LOG_INDEX;
    }
    return installation.firstAvailable();
  }

  private void drop(Installation installation) {
    if (current.compareAndSet(installation, null)) {
      LOG.info("{}: the image asked for in term {} is dropped", this, installation.term());
      server
          .getStateMachine()
          .event()
          .notifySnapshotInstalled(
              InstallSnapshotResult.SNAPSHOT_EXPIRED, INVALID_LOG_INDEX, server.getPeer());
    }
  }

  InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
      throws IOException {
    RaftPeerId leader = RaftPeerId.valueOf(request.getServerRequest().getRequestorId());
    server.assertLifeCycleState(LifeCycle.States.STARTING_OR_RUNNING);
    ServerImplUtils.assertGroup(
        getMemberId(),
        leader,
        ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId()));
    if (!request.hasNotification()) {
      LOG.error("{}: leader {} sends snapshots, and must only notify", this, leader);
      return reply(leader, InstallSnapshotResult.CONF_MISMATCH, INVALID_LOG_INDEX);
    }
    InstallSnapshotReplyProto reply = notified(request, leader).join();
    if (request.hasLastRaftConfigurationLogEntryProto()) {
      follow(request.getLastRaftConfigurationLogEntryProto());
    }
    return reply;
  }

  private void follow(LogEntryProto configuration) throws IOException {
    state.truncate(configuration.getIndex());
    if (!state.getRaftConf().equals(LogProtoUtils.toRaftConfiguration(configuration))) {
      state.updateConfiguration(List.of(configuration));
      state.writeRaftConfiguration(configuration);
      server
          .getStateMachine()
          .event()
          .notifyConfigurationChanged(
              configuration.getTerm(),
              configuration.getIndex(),
              configuration.getConfigurationEntry());
    }
  }

  private CompletableFuture<InstallSnapshotReplyProto> notified(
      InstallSnapshotRequestProto request, RaftPeerId leader) throws IOException {
    synchronized (server) { // Ratis guards a server's role, term and log by it.
      UpdateType type = UpdateType.INSTALL_SNAPSHOT_NOTIFICATION;
      if (!state.recognizeLeader(type, leader, request.getLeaderTerm())) {
        return CompletableFuture.completedFuture(
            reply(leader, InstallSnapshotResult.NOT_LEADER, INVALID_LOG_INDEX));
      }
      CompletableFuture<Void> follows =
          server.changeToFollowerAndPersistMetadata(request.getLeaderTerm(), true, type);
      state.setLeader(leader, type);
      server.updateLastRpcTime(type);
      InstallSnapshotReplyProto reply = install(request, leader);
      return follows.thenApply(done -> reply);
    }
  }

  private InstallSnapshotReplyProto install(
      InstallSnapshotRequestProto request, RaftPeerId leader) {
    if (server.getStateMachine().getLifeCycleState() == LifeCycle.State.PAUSED) {
      // An image is being gone on with: the next one comes after it.
      return reply(leader, InstallSnapshotResult.IN_PROGRESS, INVALID_LOG_INDEX);
    }
    if (getInProgressInstallSnapshotIndex() == INVALID_LOG_INDEX) {
      TermIndex firstAvailable =
          TermIndex.valueOf(request.getNotification().getFirstAvailableTermIndex());
      long has = state.getLog().getSnapshotIndex();
      if (has != INVALID_LOG_INDEX
          && has + 1 >= firstAvailable.getIndex()
          && firstAvailable.getIndex() > INVALID_LOG_INDEX) {
        return reply(leader, InstallSnapshotResult.ALREADY_INSTALLED, has);
      }
      begin(request, leader, firstAvailable);
    }
    Installation installation = current.get();
    if (installation == null
        || !installation.image().isDone()
        || installation.image().isCompletedExceptionally()) {
      return reply(leader, InstallSnapshotResult.IN_PROGRESS, INVALID_LOG_INDEX);
    }
    return reply(leader, InstallSnapshotResult.SNAPSHOT_INSTALLED, goOn(installation));
  }

  private void begin(
      InstallSnapshotRequestProto request, RaftPeerId leader, TermIndex firstAvailable) {
    LOG.info(
        "{}: an image is needed, the log ends before {} and the leader's begins at {}",
        this,
        state.getLog().getNextIndex(),
        firstAvailable);
    state
        .getReadRequests()
        .fail(server.getReadException("wait for", firstAvailable.getIndex(), true));
    CompletableFuture<TermIndex> image =
        server
            .getStateMachine()
            .followerEvent()
            .notifyInstallSnapshotFromLeader(role(request, leader), firstAvailable)
            // Nothing is appended meanwhile: what the log's thread has now is all there will be.
            .thenCompose(at -> LogWorkers.drained(server.getId()).thenApply(drained -> at));
    current.set(new Installation(state.getCurrentTerm(), firstAvailable.getIndex(), image));
  }

  private long goOn(Installation installation) {
    TermIndex at = installation.image().join();
    server.getStateMachine().pause();
    state.reloadStateMachine(at);
    current.set(null);
    installedIndex.set(at.getIndex());
    LOG.info("{}: goes on after an image that ends at {}", this, at);
    server
        .getStateMachine()
        .event()
        .notifySnapshotInstalled(
            InstallSnapshotResult.SNAPSHOT_INSTALLED, at.getIndex(), server.getPeer());
    return at.getIndex();
  }

  private InstallSnapshotReplyProto reply(
      RaftPeerId leader, InstallSnapshotResult result, long index) {
    return index == INVALID_LOG_INDEX
        ? ServerProtoUtils.toInstallSnapshotReplyProto(
            leader, getMemberId(), state.getCurrentTerm(), result)
        : ServerProtoUtils.toInstallSnapshotReplyProto(
            leader, getMemberId(), state.getCurrentTerm(), result, index);
  }

  /** This member's role; who is new may learn only from the leader where that is. */
  private RoleInfoProto role(InstallSnapshotRequestProto request, RaftPeerId leader) {
    if (!request.hasLastRaftConfigurationLogEntryProto()
        || server.getRaftConf().getPeer(leader) != null) {
      return server.getRoleInfoProto();
    }
    RaftPeerProto peer =
        request
            .getLastRaftConfigurationLogEntryProto()
            .getConfigurationEntry()
            .getPeersList()
            .stream()
            .filter(p -> RaftPeerId.valueOf(p.getId()).equals(leader))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException(leader + " is not in its own configuration"));
    return RoleInfoProto.newBuilder()
        .setSelf(server.getPeer().getRaftPeerProto())
        .setRole(server.getRole().getCurrentRole())
        .setRoleElapsedTimeMs(server.getRole().getRoleElapsedTimeMs())
        .setFollowerInfo(
            FollowerInfoProto.newBuilder()
                .setLeaderInfo(ServerProtoUtils.toServerRpcProto(peer, 0))
                .setOutstandingOp(0))
        .build();
  }

  @Override
  public String toString() {
    return getMemberId() + "-images";
  }
}
