package org.apache.ratis.server.impl;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.util.ServerStringUtils;
import org.apache.ratis.util.Daemon;
import org.apache.ratis.util.TimeDuration;
import org.apache.ratis.util.Timestamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of a follower that stands for election when it has not heard from a leader for a
 * random time. Its fields may be read and its methods called by any thread.
 *
 * <p>Stands in for Ratis 3.3.0's class of this name. That one sleeps for the whole random time, and
 * when it wakes up to find that the leader was heard of meanwhile, for another whole one: with a
 * timeout of 1 to 2 s, a leader that is lost is missed after up to 4 s. This one sleeps for what is
 * left of the time since the leader was heard of, and misses it after 1 to 2 s, as the Raft paper
 * has it.
 *
 * <pre>
 * heard of a leader    h...........h  lost
 * Ratis' own           |--1.2 s--|----1.5 s----| 0.7 s since h: |----1.3 s----| stands
 * here                             |--1.4 s--| stands
 * </pre>
 */
class FollowerState extends Daemon {
  /** What was heard of a leader or candidate. */
  enum UpdateType {
    APPEND_START(1),
    APPEND_COMPLETE(-1),
    INSTALL_SNAPSHOT_START(1),
    INSTALL_SNAPSHOT_COMPLETE(-1),
    INSTALL_SNAPSHOT_NOTIFICATION(0),
    REQUEST_VOTE(0);

    private final int operations;

    UpdateType(int operations) {
      this.operations = operations;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(FollowerState.class);

  private final RaftServerImpl server;
  private final Object reason;
  private final Timestamp created = Timestamp.currentTime();
  // What a leader has asked for and is still being done: it is alive, however long that takes.
  private final AtomicInteger operations = new AtomicInteger();
  private volatile Timestamp heard = created;
  private volatile boolean running = true;

  FollowerState(RaftServerImpl server, Object reason) {
    super(
        newBuilder()
            .setName(
                ServerStringUtils.generateUnifiedName(server.getMemberId(), FollowerState.class))
            .setThreadGroup(server.getThreadGroup()));
    this.server = server;
    this.reason = reason;
  }

  void updateLastRpcTime(UpdateType type) {
    heard = Timestamp.currentTime();
    operations.addAndGet(type.operations);
  }

  Timestamp getLastRpcTime() {
    return heard;
  }

  int getOutstandingOp() {
    return operations.get();
  }

  /** True while a leader may rely on this member's not voting for another. */
  boolean isCurrentLeaderValid() {
    return heard.elapsedTime().compareTo(server.properties().minRpcTimeout()) < 0;
  }

  /**
   * Ends the thread, without anybody having to wait for it: Ratis waits for what this returns while
   * it holds the monitor that the thread needs to stand. It does no harm that the thread still runs
   * for a moment, because it looks under that monitor whether it has been stopped.
   */
  CompletableFuture<Void> stopRunning() {
    running = false;
    interrupt();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void run() {
    try {
      watch();
    } catch (InterruptedException e) {
      LOG.debug("{} was interrupted", this);
      Thread.currentThread().interrupt();
    }
  }

  private void watch() throws InterruptedException {
    long pauseMax = server.getSleepDeviationThreshold().toLong(TimeUnit.NANOSECONDS);
    // When the silence began to count: later than what was heard after a pause of this process, in
    // which nothing could be heard.
    Timestamp counting = created;
    while (isWatching()) {
      TimeDuration timeout = server.getRandomElectionTimeout();
      long leftNanos =
          timeout.toLong(TimeUnit.NANOSECONDS) - silence(counting).toLong(TimeUnit.NANOSECONDS);
      long begun = System.nanoTime();
      TimeUnit.NANOSECONDS.sleep(leftNanos);
      long pauseNanos = System.nanoTime() - begun - Math.max(0, leftNanos);
      if (pauseNanos > pauseMax) {
        LOG.warn("{} slept {} ms too long", this, TimeUnit.NANOSECONDS.toMillis(pauseNanos));
        counting = Timestamp.currentTime();
      } else if (silence(counting).compareTo(timeout) >= 0) {
        if (isWatching() && stand(counting, timeout)) {
          return;
        }
        // It must not stand now; it looks again after a whole timeout.
        counting = Timestamp.currentTime();
      }
    }
  }

  private TimeDuration silence(Timestamp counting) {
    return Timestamp.latest(heard, counting).elapsedTime();
  }

  private boolean isWatching() {
    return running && (server.getInfo().isFollower() || server.getInfo().isListener());
  }

  /** Becomes a candidate, unless something speaks against it. */
  private boolean stand(Timestamp counting, TimeDuration timeout) {
    if (!server.getInfo().isFollower()) {
      return false; // One without a vote need not ask for the monitor.
    }
    synchronized (server) { // Ratis guards changes of a server's role by it.
      boolean standing =
          running
              && operations.get() == 0
              && server.getInfo().isFollower()
              && server.isRunning()
              && silence(counting).compareTo(timeout) >= 0
              && !hasSteppedDownRecently();
      if (standing) {
        LOG.info("{} stands for election: no leader was heard of for {}", this, timeout);
        server.getLeaderElectionMetrics().onLeaderElectionTimeout();
        server.changeToCandidate(false);
      }
      return standing;
    }
  }

  /** A leader that lost its majority leaves it to others to stand for a while. */
  private boolean hasSteppedDownRecently() {
    return reason == LeaderState.StepDownReason.LOST_MAJORITY_HEARTBEATS
        && created.elapsedTime().compareTo(othersChance()) < 0;
  }

  /**
   * As long as a leader that is lost is missed at most. Ratis' setting for it is also how long a
   * pause of the process makes a leader step down.
   */
  private TimeDuration othersChance() {
    return TimeDuration.valueOf(server.getMaxTimeoutMs(), TimeUnit.MILLISECONDS);
  }

  @Override
  public String toString() {
    return getName();
  }
}
