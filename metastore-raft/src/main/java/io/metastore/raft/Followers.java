package io.metastore.raft;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.jspecify.annotations.Nullable;

/**
 * The other members as the leader sees them, at one moment; nothing on a member that does not lead.
 *
 * @param silentMillis how long ago each was heard of, by member id
 * @param matchIndex up to where each has the leader's log, by member id
 */
record Followers(Map<Long, Long> silentMillis, Map<Long, Long> matchIndex) {
  static Followers of(DivisionInfo info) {
    List<ServerRpcProto> infos = info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
    long @Nullable [] matches = info.getFollowerMatchIndices();
    Map<Long, Long> silent = new HashMap<>();
    Map<Long, Long> match = new HashMap<>();
    for (int i = 0; i < infos.size(); i++) {
      long id = RatisIds.member(RaftPeerId.valueOf(infos.get(i).getId().getId()));
      silent.put(id, infos.get(i).getLastRpcElapsedTimeMs());
      // Both lists are in the order of Ratis' log appenders; a change between the two looks shows.
      if (matches != null && matches.length == infos.size()) {
        match.put(id, matches[i]);
      }
    }
    return new Followers(silent, match);
  }

  /** True when a member was heard of lately. */
  boolean isActive(long member, Duration within) {
    Long silent = silentMillis.get(member);
    return silent != null && silent <= within.toMillis();
  }
}
