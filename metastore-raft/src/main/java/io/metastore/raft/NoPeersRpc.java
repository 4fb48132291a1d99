package io.metastore.raft;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.RaftServerRpcWithProxy;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.util.PeerProxyMap;

/**
 * No network between members, for the only one of a cluster, now and later: it listens nowhere, and
 * none of gRPC's classes are loaded. Ratis makes one by its name. Immutable.
 */
final class NoPeersRpc implements RpcType {
  private static final String NAME = NoPeersRpc.class.getName();

  NoPeersRpc() {}

  /** Has a server use it. */
  static void use(RaftProperties properties) {
    RaftConfigKeys.Rpc.setType(properties, new NoPeersRpc());
  }

  /** Whether a server uses it. */
  static boolean isUsed(RaftProperties properties) {
    return NAME.equals(properties.get(RaftConfigKeys.Rpc.TYPE_KEY));
  }

  /** The name of this class, by which Ratis finds it. */
  @Override
  public String name() {
    return NAME;
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    return new Factory(this);
  }

  private record Factory(RpcType type) implements ServerFactory {
    @Override
    public RpcType getRpcType() {
      return type;
    }

    @Override
    public RaftServerRpc newRaftServerRpc(RaftServer server) {
      return new Unreachable(type, server);
    }
  }

  /** What a message from or to another member meets; there are none, so that is our own bug. */
  private static final class Unreachable
      extends RaftServerRpcWithProxy<Closeable, PeerProxyMap<Closeable>> {
    private final RpcType type;

    Unreachable(RpcType type, RaftServer server) {
      super(
          server::getId,
          id ->
              new PeerProxyMap<>(
                  id.toString(),
                  peer -> {
                    throw none();
                  }));
      this.type = type;
    }

    private static IOException none() {
      return new IOException("a member without a network has no peers");
    }

    @Override
    public RpcType getRpcType() {
      return type;
    }

    @Override
    protected void startImpl() {}

    /** Ratis wants one to tell others. */
    @Override
    public InetSocketAddress getInetSocketAddress() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
      throw none();
    }

    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
        throws IOException {
      throw none();
    }

    @Override
    public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
        throws IOException {
      throw none();
    }

    @Override
    public StartLeaderElectionReplyProto startLeaderElection(
        StartLeaderElectionRequestProto request) throws IOException {
      throw none();
    }

    @Override
    public void handleException(RaftPeerId serverId, Exception e, boolean reconnect) {
      // There is no connection that it could be about.
    }
  }
}
