package io.metastore.raft;

import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLogIOException;

/**
 * Tells a follower what is committed when it is, and not with the next entry or heartbeat.
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

  PromptAppender(RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
    super(server, leader, follower);
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
