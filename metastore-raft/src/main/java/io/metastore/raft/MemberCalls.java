package io.metastore.raft;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.Consensus;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.NodeMetrics;
import io.metastore.core.Reply;
import io.metastore.core.member.ClusterStore;
import io.metastore.core.message.Member;
import io.metastore.core.message.MemberAddRequest;
import io.metastore.core.message.MemberAddResponse;
import io.metastore.core.message.MemberCommand;
import io.metastore.core.message.MemberListRequest;
import io.metastore.core.message.MemberListResponse;
import io.metastore.core.message.MemberPromoteRequest;
import io.metastore.core.message.MemberPromoteResponse;
import io.metastore.core.message.MemberRemoveRequest;
import io.metastore.core.message.MemberRemoveResponse;
import io.metastore.core.message.MemberUpdateRequest;
import io.metastore.core.message.MemberUpdateResponse;
import io.metastore.core.message.MoveLeaderRequest;
import io.metastore.core.message.MoveLeaderResponse;
import io.metastore.core.message.PeerRequest;
import io.metastore.core.message.PeerResponse;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.ResponseHeader;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The calls about members. A change is checked and proposed by the leader, to which the other
 * members pass it on; it is answered when the log's configuration has followed.
 *
 * <p>Thread-safe; nothing blocks.
 */
final class MemberCalls implements ClusterStore, AutoCloseable {
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(20);

  private final Consensus consensus;
  private final Supplier<List<Member>> table;
  private final BooleanSupplier founded;
  private final Reconfigurer reconfigurer;
  private final PeerCalls peers;
  private final MemberChecks checks;
  private final int learnersMax;
  private final NodeMetrics metrics;
  private final MembershipQueue changes = new MembershipQueue();

  /**
   * Creates the calls.
   *
   * @param table the members as the newest view has them
   * @param founded whether the log says who they are yet
   */
  MemberCalls(
      Consensus consensus,
      Supplier<List<Member>> table,
      BooleanSupplier founded,
      Reconfigurer reconfigurer,
      PeerCalls peers,
      MemberChecks checks,
      int learnersMax,
      NodeMetrics metrics) {
    this.consensus = consensus;
    this.table = table;
    this.founded = founded;
    this.reconfigurer = reconfigurer;
    this.peers = peers;
    this.checks = checks;
    this.learnersMax = learnersMax;
    this.metrics = metrics;
  }

  @Override
  public CompletableFuture<MemberAddResponse> memberAdd(
      MemberAddRequest request, Duration timeout) {
    List<URI> urls;
    try {
      urls = MemberChecks.urls(request.getPeerURLsList());
    } catch (MetastoreException e) {
      return CompletableFuture.failedFuture(e);
    }
    long id = MemberIds.addedMemberId(urls, System.currentTimeMillis() / 1000);
    Member added =
        Member.newBuilder()
            .setID(id)
            .addAllPeerURLs(request.getPeerURLsList())
            .setIsLearner(request.getIsLearner())
            .build();
    return change(MemberCommand.newBuilder().setAdd(added), timeout)
        .thenApply(
            members ->
                MemberAddResponse.newBuilder()
                    .setHeader(header())
                    .setMember(added)
                    .addAllMembers(members)
                    .build());
  }

  @Override
  public CompletableFuture<MemberRemoveResponse> memberRemove(
      MemberRemoveRequest request, Duration timeout) {
    return change(MemberCommand.newBuilder().setRemove(request.getID()), timeout)
        .thenApply(
            members ->
                MemberRemoveResponse.newBuilder()
                    .setHeader(header())
                    .addAllMembers(members)
                    .build());
  }

  @Override
  public CompletableFuture<MemberUpdateResponse> memberUpdate(
      MemberUpdateRequest request, Duration timeout) {
    try {
      MemberChecks.urls(request.getPeerURLsList());
    } catch (MetastoreException e) {
      return CompletableFuture.failedFuture(e);
    }
    Member update =
        Member.newBuilder()
            .setID(request.getID())
            .addAllPeerURLs(request.getPeerURLsList())
            .build();
    return change(MemberCommand.newBuilder().setUpdate(update), timeout)
        .thenApply(
            members ->
                MemberUpdateResponse.newBuilder()
                    .setHeader(header())
                    .addAllMembers(members)
                    .build());
  }

  @Override
  public CompletableFuture<MemberPromoteResponse> memberPromote(
      MemberPromoteRequest request, Duration timeout) {
    return change(MemberCommand.newBuilder().setPromote(request.getID()), timeout)
        .thenApply(
            members ->
                MemberPromoteResponse.newBuilder()
                    .setHeader(header())
                    .addAllMembers(members)
                    .build());
  }

  @Override
  public CompletableFuture<MemberListResponse> memberList(
      MemberListRequest request, Duration timeout) {
    CompletableFuture<Void> barrier =
        request.getLinearizable()
            ? consensus.readBarrier()
            : CompletableFuture.completedFuture(null);
    return barrier.thenApply(
        passed ->
            MemberListResponse.newBuilder().setHeader(header()).addAllMembers(known()).build());
  }

  @Override
  public CompletableFuture<MoveLeaderResponse> moveLeader(
      MoveLeaderRequest request, Duration timeout) {
    if (!consensus.status().isLeader()) {
      return failed(ErrorCode.NOT_LEADER);
    }
    long heir = request.getTargetID();
    if (known().stream().noneMatch(m -> m.getID() == heir && !m.getIsLearner())) {
      return failed(ErrorCode.BAD_LEADER_TRANSFEREE);
    }
    return reconfigurer
        .transfer(heir, timeout)
        .thenApply(
            moved -> {
              if (!moved) {
                throw MetastoreException.of(ErrorCode.TIMEOUT);
              }
              // As in etcd, without a header.
              return MoveLeaderResponse.getDefaultInstance();
            });
  }

  /** The members as this one knows them. */
  List<Member> known() {
    return table.get();
  }

  /** A member says that it runs. */
  void joins(long member) {
    reconfigurer.joins(member);
  }

  private CompletableFuture<List<Member>> change(MemberCommand.Builder command, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    MemberCommand change = command.setLearnersMax(learnersMax).build();
    return until(() -> consensus.status().hasLeader(), deadline)
        .thenCompose(
            elected -> {
              ConsensusStatus status = consensus.status();
              Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
              return status.isLeader()
                  ? changeHere(change, left)
                  : peers
                      .ask(status.leaderId(), PeerRequest.newBuilder().setMember(change), left)
                      .thenApply(PeerResponse::getMembersList);
            });
  }

  /** Carries changes out, one at a time, until they are closed. */
  void changeLoop() throws InterruptedException {
    changes.run();
  }

  /** Takes no more changes; the loop ends when those it has are done. */
  @Override
  public void close() {
    changes.close();
  }

  /** Checks a change and carries it out, if this member leads, after those that came before. */
  CompletableFuture<List<Member>> changeHere(MemberCommand change, Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    return changes.add(() -> carryOut(change, timeout, deadline), deadline);
  }

  private CompletableFuture<List<Member>> carryOut(
      MemberCommand change, Duration timeout, long deadline) {
    ConsensusStatus status = consensus.status();
    if (!status.isLeader()) {
      return failed(status.hasLeader() ? ErrorCode.NOT_LEADER : ErrorCode.NO_LEADER);
    }
    return until(founded, deadline)
        .thenCompose(written -> consensus.readBarrier())
        .thenCompose(
            passed -> {
              checks.check(known(), change);
              return consensus.propose(Proposal.newBuilder().setMember(change).build(), timeout);
            })
        .thenCompose(
            reply ->
                switch (reply) {
                  case Reply.Refused refused -> failed(refused.code());
                  case Reply.Done done -> {
                    if (change.hasPromote()) {
                      metrics.learnerPromoted();
                    }
                    reconfigurer.wake();
                    yield until(() -> followed(change), deadline)
                        .thenApply(
                            followed ->
                                ((MemberListResponse.Builder) done.response()).getMembersList());
                  }
                });
  }

  /**
   * Whether the configuration is what a change asks for. A member that is taken out does not hear
   * of the end of that: for itself it is enough that it does not lead any more.
   */
  private boolean followed(MemberCommand change) {
    ConsensusStatus status = consensus.status();
    boolean itself = change.hasRemove() && change.getRemove() == status.memberId();
    return reconfigurer.settled() || (itself && status.hasLeader() && !status.isLeader());
  }

  private static CompletableFuture<Void> until(BooleanSupplier condition, long deadlineNanos) {
    if (condition.getAsBoolean()) {
      return CompletableFuture.completedFuture(null);
    }
    if (System.nanoTime() - deadlineNanos >= 0) {
      return failed(ErrorCode.TIMEOUT);
    }
    return CompletableFuture.runAsync(
            () -> {},
            CompletableFuture.delayedExecutor(LOOK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS))
        .thenCompose(waited -> until(condition, deadlineNanos));
  }

  /** Without a revision, as in etcd. */
  private ResponseHeader header() {
    ConsensusStatus status = consensus.status();
    return ResponseHeader.newBuilder()
        .setClusterId(status.clusterId())
        .setMemberId(status.memberId())
        .setRaftTerm(status.term())
        .build();
  }

  private static <R> CompletableFuture<R> failed(ErrorCode code) {
    return CompletableFuture.failedFuture(MetastoreException.of(code));
  }
}
