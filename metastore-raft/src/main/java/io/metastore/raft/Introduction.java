package io.metastore.raft;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.PeerRequest;
import io.metastore.core.message.PeerResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.client.ClientFactory;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.client.RaftClientRpc;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupListReply;
import org.apache.ratis.protocol.GroupListRequest;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.TimeDuration;

/**
 * What a node asks a member of a cluster that it does not belong to yet, by nothing but an address.
 * Blocks; belongs to one thread.
 */
final class Introduction implements AutoCloseable {
  private final RaftClientRpc rpc;
  private final ClientId clientId;
  private final RaftPeer peer;
  private final RaftGroupId group;
  private final long clusterId;

  private Introduction(
      RaftClientRpc rpc, ClientId clientId, RaftPeer peer, RaftGroupId group, long clusterId) {
    this.rpc = rpc;
    this.clientId = clientId;
    this.peer = peer;
    this.group = group;
    this.clusterId = clusterId;
  }

  /**
   * Asks a member which cluster it is in.
   *
   * @throws IOException when it does not answer
   */
  static Introduction to(List<URI> peerUrls) throws IOException {
    RaftPeer peer = OwnMembership.address(peerUrls);
    ClientId clientId = ClientId.randomId();
    RaftProperties properties = new RaftProperties();
    RaftClientConfigKeys.Rpc.setRequestTimeout(properties, TimeDuration.ONE_SECOND.multiply(3));
    RaftClientRpc rpc =
        ClientFactory.cast(SupportedRpcType.GRPC.newFactory(new Parameters()))
            .newRaftClientRpc(clientId, properties);
    rpc.addRaftPeers(peer);
    try {
      // Any group will do: the question is which there are.
      GroupListReply groups =
          (GroupListReply)
              rpc.sendRequest(new GroupListRequest(clientId, peer.getId(), RatisIds.group(0), 1));
      for (RaftGroupId group : groups.getGroupIds()) {
        var cluster = RatisIds.cluster(group);
        if (cluster.isPresent()) {
          return new Introduction(rpc, clientId, peer, group, cluster.get());
        }
      }
      throw new IOException("there is no cluster at " + peer.getAddress());
    } catch (RuntimeException e) {
      rpc.close();
      // gRPC's own.
      throw new IOException("no answer from " + peer.getAddress(), e);
    } catch (IOException e) {
      rpc.close();
      throw e;
    }
  }

  /** The cluster that the member is in. */
  long clusterId() {
    return clusterId;
  }

  /** Asks the member a question. */
  CompletableFuture<PeerResponse> ask(PeerRequest.Builder question, Duration timeout)
      throws IOException {
    byte[] bytes = question.setTimeoutMillis(timeout.toMillis()).build().toByteArray();
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(clientId)
            .setServerId(peer.getId())
            .setGroupId(group)
            .setCallId(2)
            .setType(RaftClientRequest.staleReadRequestType(0))
            .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes)))
            .build();
    return RatisServer.checked(rpc.sendRequestAsyncUnordered(request))
        .thenApply(
            reply -> {
              try {
                return PeerResponse.parseFrom(reply.getMessage().getContent().toByteArray());
              } catch (com.google.protobuf.InvalidProtocolBufferException e) {
                throw MetastoreException.of(ErrorCode.UNHEALTHY);
              }
            });
  }

  @Override
  public void close() throws IOException {
    rpc.close();
  }
}
