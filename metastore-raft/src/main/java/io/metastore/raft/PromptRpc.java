package io.metastore.raft;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.util.TimeDuration;

/** Ratis' gRPC between members, with appenders of ours. Ratis makes one by its name. Immutable. */
final class PromptRpc implements RpcType {
  private static final String HEARTBEAT_INTERVAL = "metastore.heartbeat.interval";

  PromptRpc() {}

  /**
   * Has a server use it.
   *
   * @param heartbeatInterval after how long a follower that was sent nothing hears of its leader
   */
  static void use(RaftProperties properties, Duration heartbeatInterval) {
    RaftConfigKeys.Rpc.setType(properties, new PromptRpc());
    properties.setTimeDuration(
        HEARTBEAT_INTERVAL,
        TimeDuration.valueOf(heartbeatInterval.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** The name of this class, by which Ratis finds it. */
  @Override
  public String name() {
    return PromptRpc.class.getName();
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    return new Factory(parameters);
  }

  private static final class Factory extends GrpcFactory {
    Factory(Parameters parameters) {
      super(parameters);
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division server, LeaderState leader, FollowerInfo follower) {
      long heartbeatMillis =
          server
              .getRaftServer()
              .getProperties()
              .getTimeDuration(HEARTBEAT_INTERVAL, TimeDuration.ONE_SECOND, TimeUnit.MILLISECONDS)
              .toLong(TimeUnit.MILLISECONDS);
      return new PromptAppender(server, leader, follower, heartbeatMillis);
    }
  }
}
