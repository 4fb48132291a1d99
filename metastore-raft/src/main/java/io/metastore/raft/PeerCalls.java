package io.metastore.raft;

import com.google.protobuf.InvalidProtocolBufferException;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.lease.LeasePeers;
import io.metastore.core.message.PeerNothing;
import io.metastore.core.message.PeerRequest;
import io.metastore.core.message.PeerResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * What this member asks others outside the log. The questions travel as Ratis' stale reads, which
 * the asked member's state machine answers at once ({@link PeerService}), over connections of their
 * own, so that none holds up an entry on its way to the leader.
 *
 * <p>Thread-safe; nothing blocks. Futures fail with a {@link MetastoreException}: {@code
 * LEADER_CHANGED} when the member asked does not lead or does not answer.
 */
final class PeerCalls implements LeasePeers, AutoCloseable {
  private static final Duration TIMEOUT_MAX = Duration.ofSeconds(60);

  private final RatisServer ratis;
  private final PeerLink link;
  // For answers that are long in coming: on the other one what a silent member is asked piles up.
  private final PeerLink patient;
  private final ClientId clientId;
  private final AtomicLong calls = new AtomicLong();

  /**
   * Creates the calls.
   *
   * @param properties of the server
   */
  PeerCalls(RatisServer ratis, RaftProperties properties) {
    this.ratis = ratis;
    this.clientId = PeerGate.clientId(ratis.identity().memberId());
    this.link = PeerLink.open(properties, TIMEOUT_MAX);
    this.patient = PeerLink.open(properties, ImageInstaller.BEGIN_MAX);
  }

  /** Asks a member of the configuration. */
  CompletableFuture<PeerResponse> ask(long member, PeerRequest.Builder question, Duration timeout) {
    return ratis
        .peer(RatisIds.peer(member))
        .map(peer -> ask(peer, question, timeout))
        .orElseGet(() -> failed(ErrorCode.LEADER_CHANGED));
  }

  /** Asks whoever is at an address. */
  CompletableFuture<PeerResponse> ask(
      RaftPeer peer, PeerRequest.Builder question, Duration timeout) {
    byte[] bytes = question.setTimeoutMillis(timeout.toMillis()).build().toByteArray();
    PeerLink taken = timeout.compareTo(TIMEOUT_MAX) > 0 ? patient : link;
    return RatisServer.checked(
            taken.send(
                peer,
                id ->
                    ratis.request(
                        clientId,
                        id,
                        calls.incrementAndGet(),
                        RaftClientRequest.staleReadRequestType(0),
                        Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes)))))
        .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
        .handle(
            (reply, failure) -> {
              if (failure != null) {
                throw MetastoreException.of(
                    failure instanceof TimeoutException
                        ? ErrorCode.TIMEOUT
                        : ErrorCode.LEADER_CHANGED);
              }
              return decode(reply.getMessage().getContent());
            });
  }

  private static PeerResponse decode(ByteString bytes) {
    PeerResponse response;
    try {
      response = PeerResponse.parseFrom(bytes.toByteArray());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a member's answer is damaged", e);
    }
    if (!response.getError().isEmpty()) {
      ErrorCode code = ErrorCode.valueOf(response.getError());
      throw MetastoreException.of(code == ErrorCode.NOT_LEADER ? ErrorCode.LEADER_CHANGED : code);
    }
    return response;
  }

  private static <R> CompletableFuture<R> failed(ErrorCode code) {
    return CompletableFuture.failedFuture(MetastoreException.of(code));
  }

  @Override
  public CompletableFuture<Long> renew(long leader, long id, Duration timeout) {
    return ask(leader, PeerRequest.newBuilder().setLeaseRenew(id), timeout)
        .thenApply(PeerResponse::getNumber);
  }

  @Override
  public CompletableFuture<OptionalLong> remainingSeconds(long leader, long id, Duration timeout) {
    return ask(leader, PeerRequest.newBuilder().setLeaseRemaining(id), timeout)
        .thenApply(
            response ->
                response.getNumber() < 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(response.getNumber()));
  }

  @Override
  public CompletableFuture<List<Long>> ids(long leader, Duration timeout) {
    return ask(
            leader, PeerRequest.newBuilder().setLeaseIds(PeerNothing.getDefaultInstance()), timeout)
        .thenApply(PeerResponse::getIdsList);
  }

  @Override
  public void close() throws IOException {
    try {
      link.close();
    } finally {
      patient.close();
    }
  }
}
