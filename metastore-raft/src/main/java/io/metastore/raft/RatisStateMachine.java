package io.metastore.raft;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.apply.Commit;
import io.metastore.core.mvcc.StoreState;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * The state machine as Ratis sees it: hands commits over to the apply loop and tells how far the
 * engine is durable. It holds no state of its own.
 *
 * <p>Its methods are called by Ratis' threads; {@code applyTransaction} by one at a time, in log
 * order.
 */
final class RatisStateMachine extends BaseStateMachine {
  /**
   * What the node wants to know of the log's life. Called by Ratis' threads; must return at once.
   */
  interface Listener {
    /** There is a new leader. */
    void leaderChanged(RaftPeerId leader);

    /** This member may have begun or ceased to lead. */
    void leadershipChanged();

    /** The log's disk failed: the node must stop. */
    void logFailed(Throwable cause);

    /**
     * The log has ended by itself: the node must stop.
     *
     * @param rejected because the other members said that this one is not in the cluster any more
     */
    void logEnded(boolean rejected);

    /** Answers another member's question; see {@link PeerService#handle}. */
    CompletableFuture<byte[]> asked(byte[] question);

    /** Fetches an image from a member; completes with what it holds. */
    CompletableFuture<StoreState> fetchImage(RaftPeer from);

    /** The image that was asked for last is not gone on with: there is a new leader. */
    void imageDropped();

    /**
     * Goes on with the image that was fetched, and returns when readers see it.
     *
     * @return the state that the store is in now; empty when there is no image, or it cannot be
     *     gone on with: the node stops
     */
    Optional<StoreState> installImage();
  }

  /** Later than everything. */
  private static final TermIndex END = TermIndex.valueOf(Long.MAX_VALUE, Long.MAX_VALUE);

  private final ApplyLoop applyLoop;
  private final Supplier<StoreState> flushed;
  private final Listener listener;
  // The last commit that was handed over; written by the updater thread.
  private volatile CompletableFuture<Void> lastHandedOver = CompletableFuture.completedFuture(null);
  // No image could be gone on with: the node stops. Written by the updater thread.
  private volatile boolean ended;

  /**
   * Creates the adapter.
   *
   * @param applied what the engine holds
   * @param flushed up to where the engine is durable
   */
  RatisStateMachine(
      ApplyLoop applyLoop, StoreState applied, Supplier<StoreState> flushed, Listener listener) {
    this.applyLoop = applyLoop;
    this.flushed = flushed;
    this.listener = listener;
    position(applied).ifPresent(this::setLastAppliedTermIndex);
  }

  private static Optional<TermIndex> position(StoreState state) {
    return state.appliedTerm() == 0
        ? Optional.empty()
        : Optional.of(TermIndex.valueOf(state.appliedTerm(), state.appliedIndex()));
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    Commit commit =
        new Commit(
            entry.getIndex(),
            entry.getTerm(),
            entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer(),
            new CompletableFuture<>());
    try {
      CompletableFuture<Void> done = applyLoop.commit(commit);
      lastHandedOver = done;
      updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
      // A commit that comes too late to be applied is committed all the same, and Ratis would log
      // each as an error: it is the barrier that must not pass.
      return done.handle((applied, tooLate) -> Message.EMPTY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Answers a read barrier. Ratis counts entries of its own as applied the moment it meets them,
   * ahead of commits before them that are still being applied: so the barrier also waits for the
   * last of those. It fails when that one came too late to be applied.
   */
  @Override
  public CompletableFuture<Message> query(Message request) {
    if (ended) {
      return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.STOPPED));
    }
    return lastHandedOver.thenApply(applied -> Message.EMPTY);
  }

  /** Answers a question that another member asks outside the log. */
  @Override
  public CompletableFuture<Message> queryStale(Message request, long minIndex) {
    return listener
        .asked(request.getContent().toByteArray())
        .thenApply(answer -> Message.valueOf(UnsafeByteOperations.unsafeWrap(answer)));
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage storage)
      throws IOException {
    super.initialize(server, groupId, storage);
    getLifeCycle().startAndTransition(() -> {});
  }

  /** The leader's log does not reach back to this member: an image of its store must come first. */
  @Override
  public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(
      RoleInfoProto role, TermIndex firstInLog) {
    RaftPeer leader = ProtoUtils.toRaftPeer(role.getFollowerInfo().getLeaderInfo().getId());
    return listener
        .fetchImage(leader)
        .thenApply(state -> TermIndex.valueOf(state.appliedTerm(), state.appliedIndex()));
  }

  /** Tells also of an image that is dropped: our half of Ratis' server says so. */
  @Override
  public void notifySnapshotInstalled(InstallSnapshotResult result, long index, RaftPeer peer) {
    if (result == InstallSnapshotResult.SNAPSHOT_EXPIRED) {
      listener.imageDropped();
    }
  }

  /** Nothing is applied until {@link #reinitialize}. */
  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  /**
   * Goes on with an image. Never fails: Ratis' updater would not end by itself after a failure that
   * comes while the log is being closed, and closing waits for it. The node stops instead, and the
   * updater is told that nothing is left for it to apply.
   */
  @Override
  public void reinitialize() throws IOException {
    Optional<StoreState> installed = listener.installImage();
    ended = installed.isEmpty();
    installed.flatMap(RatisStateMachine::position).ifPresent(this::setLastAppliedTermIndex);
    getLifeCycle().startAndTransition(() -> {});
  }

  /**
   * Tells Ratis where to continue: the engine is durable by itself, there are no snapshot files.
   */
  @Override
  public @Nullable SnapshotInfo getLatestSnapshot() {
    return (ended ? Optional.of(END) : position(flushed.get()))
        .map(at -> (SnapshotInfo) new FileListSnapshotInfo(List.of(), at))
        .orElse(null);
  }

  @Override
  public long takeSnapshot() {
    return position(flushed.get()).map(TermIndex::getIndex).orElse(RaftLog.INVALID_LOG_INDEX);
  }

  @Override
  public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
    listener.leaderChanged(leader);
  }

  @Override
  public void notifyLeaderReady() {
    listener.leadershipChanged();
  }

  @Override
  public void notifyNotLeader(Collection<TransactionContext> pendingEntries) {
    listener.leadershipChanged();
  }

  @Override
  public void notifyServerShutdown(RoleInfoProto role, boolean all) {
    // Only an election that the others turn down ends the group alone.
    listener.logEnded(!all);
  }

  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto failedEntry) {
    listener.logFailed(cause);
  }
}
