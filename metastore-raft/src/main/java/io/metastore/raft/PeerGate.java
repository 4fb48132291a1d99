package io.metastore.raft;

import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;

/**
 * Whom a member hears: for tests that cut members of one JVM off from one another, where no proxy
 * between them could tell who connects. What is not heard is dropped, and nobody is told, as when
 * the network drops packets. Thread-safe.
 */
final class PeerGate implements GrpcServices.Customizer, ServerInterceptor {
  // Nearly always empty, and read for every message.
  private volatile Set<Long> unheard = Set.of();

  /** Sets whom this member does not hear from now on. */
  void setUnheard(Set<Long> members) {
    unheard = Set.copyOf(members);
  }

  /** An id for requests of a member, by which it can be told. Unique, as all are. */
  static ClientId clientId(long memberId) {
    return ClientId.valueOf(
        new UUID(memberId, ClientId.randomId().getUuid().getLeastSignificantBits()));
  }

  @Override
  public NettyServerBuilder customize(
      NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
    return builder.intercept(this);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onMessage(Q message) {
        Set<Long> members = unheard;
        if (members.isEmpty() || !comesFrom(members, message)) {
          super.onMessage(message);
        } else {
          // Or no more of them would be read.
          call.request(1);
        }
      }
    };
  }

  private static boolean comesFrom(Set<Long> members, Object message) {
    OptionalLong sender = sender(message);
    return sender.isPresent() && members.contains(sender.getAsLong());
  }

  private static OptionalLong sender(Object message) {
    return switch (message) {
      case AppendEntriesRequestProto append -> server(append.getServerRequest());
      case RequestVoteRequestProto vote -> server(vote.getServerRequest());
      case InstallSnapshotRequestProto snapshot -> server(snapshot.getServerRequest());
      case ReadIndexRequestProto read -> server(read.getServerRequest());
      case StartLeaderElectionRequestProto election -> server(election.getServerRequest());
      case RaftClientRequestProto request -> client(request.getRpcRequest());
      default -> OptionalLong.empty();
    };
  }

  private static OptionalLong server(RaftRpcRequestProto request) {
    return OptionalLong.of(RatisIds.member(RaftPeerId.valueOf(request.getRequestorId())));
  }

  private static OptionalLong client(RaftRpcRequestProto request) {
    return OptionalLong.of(
        ClientId.valueOf(request.getRequestorId()).getUuid().getMostSignificantBits());
  }
}
