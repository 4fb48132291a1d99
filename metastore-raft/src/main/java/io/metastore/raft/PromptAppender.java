package io.metastore.raft;

import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLogIOException;

/**
 * Tells a follower what is committed when it is, and not with the next entry or heartbeat, and that
 * there is a leader as often as is set: Ratis' own heartbeats come twice in an election timeout.
 *
 * <p>Ratis wakes a follower's appender when more is committed, and the appender then has nothing to
 * send: Ratis counts on a log entry for each commit index, which costs every put a second write
 * ({@link RatisSettings}). A put through a follower waits until that follower has applied it: up to
 * half an election timeout without this class.
 *
 * <p>Called by the appender's thread, as Ratis does.
 */
final class PromptAppender extends GrpcLogAppender {
  // Written by the appender's thread.
  private long announced = -1;

  private final long heartbeatMillis;

  PromptAppender(
      RaftServer.Division server, LeaderState leader, FollowerInfo follower, long heartbeatMillis) {
    super(server, leader, follower);
    this.heartbeatMillis = heartbeatMillis;
  }

  /**
   * Time until the next heartbeat is due, in milliseconds; none is left when it is not positive.
   */
  @Override
  public long getHeartbeatWaitTimeMs() {
    // Ratis' own is positive unless a heartbeat is asked for now, or long due.
    long wanted = super.getHeartbeatWaitTimeMs();
    if (wanted <= 0) {
      return wanted;
    }
    FollowerInfo follower = getFollower();
    long sinceAnswer = follower.getLastRpcResponseTime().elapsedTimeMs();
    // A follower that does not answer is not asked more often for that.
    long sinceHeartbeat = follower.getLastHeartbeatSendTime().elapsedTimeMs();
    return Math.min(wanted, heartbeatMillis - Math.min(sinceAnswer, sinceHeartbeat));
  }

  @Override
  public AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
      throws RaftLogIOException {
    // Once for each index: a heartbeat that is lost is followed by the usual ones.
    boolean announcing = !heartbeat && hasOnlyNews();
    AppendEntriesRequestProto request =
        super.newAppendEntriesRequest(callId, heartbeat || announcing);
    if (request != null) {
      announced = Math.max(announced, request.getLeaderCommit());
    }
    return request;
  }

  /** Whether more is committed than the follower was told, and no entry is there to tell it. */
  private boolean hasOnlyNews() {
    return getRaftLog().getLastCommittedIndex() > announced
        && getFollower().getNextIndex() >= getRaftLog().getNextIndex()
        // With entries on their way it would not be believed; the answer to them wakes this thread.
        && !hasPendingDataRequests();
  }
}
