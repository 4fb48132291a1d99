package io.metastore.raft;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * How members and clusters are named in Ratis: a member's peer id is its id as etcdctl writes it,
 * the cluster's group id ends in the cluster's id.
 */
final class RatisIds {
  /** Tells our groups from those of other programs. */
  private static final long GROUP_ID_PREFIX = 0x6d65746173746f72L;

  private RatisIds() {}

  static RaftPeerId peer(long memberId) {
    return RaftPeerId.valueOf(MemberIds.hex(memberId));
  }

  /** The member that a peer id stands for. */
  static long member(RaftPeerId peer) {
    return Long.parseUnsignedLong(peer.toString(), 16);
  }

  static RaftGroupId group(long clusterId) {
    return RaftGroupId.valueOf(new UUID(GROUP_ID_PREFIX, clusterId));
  }

  /** The cluster that a group id stands for, if it is one of ours. */
  static Optional<Long> cluster(RaftGroupId group) {
    UUID id = group.getUuid();
    return id.getMostSignificantBits() == GROUP_ID_PREFIX
        ? Optional.of(id.getLeastSignificantBits())
        : Optional.empty();
  }

  /**
   * A member as Ratis reaches it.
   *
   * @param address host and port
   */
  static RaftPeer reachable(long memberId, String address, boolean learner) {
    return RaftPeer.newBuilder()
        .setId(peer(memberId))
        .setAddress(address)
        .setStartupRole(learner ? RaftPeerRole.LISTENER : RaftPeerRole.FOLLOWER)
        .build();
  }

  /** Where a member's log segments are. */
  static Path segments(Path logDirectory, DataDirectory.Identity identity) {
    return logDirectory
        .resolve(group(identity.clusterId()).getUuid().toString())
        .resolve("current");
  }

  /** The name that Ratis' own metrics give a member. */
  static String metricsName(DataDirectory.Identity identity) {
    return peer(identity.memberId()) + "@" + group(identity.clusterId());
  }
}
