package io.metastore.app;

import io.metastore.core.member.ClusterStore;
import io.metastore.core.message.Member;
import io.metastore.core.message.MemberAddRequest;
import io.metastore.core.message.MemberAddResponse;
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
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Members in a list, without a cluster. Thread-safe. */
public final class FakeClusterStore implements ClusterStore {
  private final List<Member> members = new CopyOnWriteArrayList<>();

  @Override
  public CompletableFuture<MemberAddResponse> memberAdd(
      MemberAddRequest request, Duration timeout) {
    Member added =
        Member.newBuilder()
            .setID(members.size() + 1L)
            .addAllPeerURLs(request.getPeerURLsList())
            .setIsLearner(request.getIsLearner())
            .build();
    members.add(added);
    return CompletableFuture.completedFuture(
        MemberAddResponse.newBuilder().setMember(added).addAllMembers(members).build());
  }

  @Override
  public CompletableFuture<MemberRemoveResponse> memberRemove(
      MemberRemoveRequest request, Duration timeout) {
    members.removeIf(member -> member.getID() == request.getID());
    return CompletableFuture.completedFuture(
        MemberRemoveResponse.newBuilder().addAllMembers(members).build());
  }

  @Override
  public CompletableFuture<MemberUpdateResponse> memberUpdate(
      MemberUpdateRequest request, Duration timeout) {
    return CompletableFuture.completedFuture(
        MemberUpdateResponse.newBuilder().addAllMembers(members).build());
  }

  @Override
  public CompletableFuture<MemberPromoteResponse> memberPromote(
      MemberPromoteRequest request, Duration timeout) {
    return CompletableFuture.completedFuture(
        MemberPromoteResponse.newBuilder().addAllMembers(members).build());
  }

  @Override
  public CompletableFuture<MemberListResponse> memberList(
      MemberListRequest request, Duration timeout) {
    return CompletableFuture.completedFuture(
        MemberListResponse.newBuilder().addAllMembers(members).build());
  }

  @Override
  public CompletableFuture<MoveLeaderResponse> moveLeader(
      MoveLeaderRequest request, Duration timeout) {
    return CompletableFuture.completedFuture(MoveLeaderResponse.getDefaultInstance());
  }
}
