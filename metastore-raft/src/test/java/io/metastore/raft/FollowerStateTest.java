package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.testkit.storage.Together;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A follower's thread ends without anybody having to wait for it. */
class FollowerStateTest {
  @TempDir private Path temp;

  @Test
  void whoeverHoldsTheServersMonitorNeedNotWaitForAFollowerThatIsAboutToStand() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      RaftNode leader = (RaftNode) cluster.node(cluster.leader());
      RaftNode follower = (RaftNode) cluster.node(cluster.follower());
      RaftServer.Division division = follower.division();
      RequestVoteRequestProto vote = voteFor(leader.consensus().memberId(), division);
      CompletableFuture<RequestVoteReplyProto> reply = new CompletableFuture<>();
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                synchronized (division) { // As Ratis when it makes a voter of a learner.
                  try {
                    follower.ignore(Set.of(leader.consensus().memberId()));
                    awaitBlocked(division);
                    // It ends the follower's thread, and waits for what that gives.
                    reply.complete(((RaftServerProtocol) division).requestVote(vote));
                  } catch (Exception e) {
                    reply.completeExceptionally(e);
                  }
                }
              });
      RequestVoteReplyProto answer = reply.get(Nodes.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      assertTrue(answer.getServerReply().getSuccess());
    }
  }

  /** Waits until the follower's thread wants to stand, and is kept from it by the monitor. */
  private static void awaitBlocked(RaftServer.Division division) throws Exception {
    String name = division.getMemberId() + "-FollowerState";
    Together.await(
        "the follower is about to stand",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .anyMatch(
                    thread ->
                        thread.getName().equals(name)
                            && thread.getState() == Thread.State.BLOCKED));
  }

  private static RequestVoteRequestProto voteFor(long candidate, RaftServer.Division division) {
    return RequestVoteRequestProto.newBuilder()
        .setServerRequest(
            RaftRpcRequestProto.newBuilder()
                .setRequestorId(RatisIds.peer(candidate).toByteString())
                .setReplyId(division.getId().toByteString())
                .setRaftGroupId(
                    ProtoUtils.toRaftGroupIdProtoBuilder(division.getGroup().getGroupId()))
                .setCallId(1))
        .setCandidateTerm(division.getInfo().getCurrentTerm() + 1)
        .setCandidateLastEntry(TermIndexProto.newBuilder().setTerm(1000).setIndex(1000))
        .build();
  }
}
