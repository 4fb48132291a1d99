package io.metastore.core.member;

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
import java.util.concurrent.CompletableFuture;

/**
 * The calls about the cluster's members, in etcd's own messages, on any member.
 *
 * <p>Thread-safe. Calls do not block; futures fail with a {@link
 * io.metastore.api.MetastoreException}. After a timeout a change may still happen.
 */
public interface ClusterStore {
  /** Adds a member that is not running yet: it has no name until it was started. */
  CompletableFuture<MemberAddResponse> memberAdd(MemberAddRequest request, Duration timeout);

  /** Removes a member for good, also this one or the leader; its process stops by itself. */
  CompletableFuture<MemberRemoveResponse> memberRemove(
      MemberRemoveRequest request, Duration timeout);

  /** Gives a member other peer URLs. */
  CompletableFuture<MemberUpdateResponse> memberUpdate(
      MemberUpdateRequest request, Duration timeout);

  /** Gives a learner that has caught up a vote. */
  CompletableFuture<MemberPromoteResponse> memberPromote(
      MemberPromoteRequest request, Duration timeout);

  /** The members; as this one knows them unless the request says linearizable. */
  CompletableFuture<MemberListResponse> memberList(MemberListRequest request, Duration timeout);

  /** Hands leadership over; only the leader does that. */
  CompletableFuture<MoveLeaderResponse> moveLeader(MoveLeaderRequest request, Duration timeout);
}
