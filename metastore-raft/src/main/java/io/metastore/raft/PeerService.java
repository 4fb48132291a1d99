package io.metastore.raft;

import com.google.protobuf.InvalidProtocolBufferException;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.lease.LeaseRenewer;
import io.metastore.core.message.PeerRequest;
import io.metastore.core.message.PeerResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what other members ask ({@link PeerCalls}).
 *
 * <p>Thread-safe; nothing blocks: Ratis' threads call.
 */
final class PeerService {
  private static final Logger LOG = LoggerFactory.getLogger(PeerService.class);

  private final LeaseRenewer leases;
  private final MemberCalls members;
  private final StoreImages images;

  /**
   * Creates the service.
   *
   * @param leases refuses with {@code NOT_LEADER} when this member does not lead
   */
  PeerService(LeaseRenewer leases, MemberCalls members, StoreImages images) {
    this.leases = leases;
    this.members = members;
    this.images = images;
  }

  /** Answers an encoded {@link PeerRequest} with an encoded {@link PeerResponse}. */
  CompletableFuture<byte[]> handle(byte[] encoded) {
    CompletableFuture<PeerResponse.Builder> answer;
    try {
      answer = answer(PeerRequest.parseFrom(encoded));
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    return answer
        .exceptionally(failure -> PeerResponse.newBuilder().setError(code(failure).name()))
        .thenApply(response -> response.build().toByteArray());
  }

  private static ErrorCode code(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof MetastoreException refused) {
      return refused.code();
    }
    LOG.warn("a call of another member's failed, it is told to try again", cause);
    return ErrorCode.UNHEALTHY;
  }

  private CompletableFuture<PeerResponse.Builder> answer(PeerRequest request) {
    Duration timeout = Duration.ofMillis(request.getTimeoutMillis());
    return switch (request.getCallCase()) {
      case LEASE_RENEW -> leases.renew(request.getLeaseRenew(), timeout).thenApply(this::number);
      case LEASE_REMAINING ->
          leases
              .remainingSeconds(request.getLeaseRemaining(), timeout)
              .thenApply(seconds -> number(seconds.orElse(-1)));
      case LEASE_IDS ->
          leases.ids(timeout).thenApply(ids -> PeerResponse.newBuilder().addAllIds(ids));
      case MEMBER ->
          members
              .changeHere(request.getMember(), timeout)
              .thenApply(all -> PeerResponse.newBuilder().addAllMembers(all));
      case MEMBERS ->
          CompletableFuture.completedFuture(
              PeerResponse.newBuilder().addAllMembers(members.known()));
      case JOIN -> {
        members.joins(request.getJoin());
        yield CompletableFuture.completedFuture(PeerResponse.newBuilder());
      }
      case IMAGE_BEGIN -> images.begin();
      case IMAGE_PIECE -> images.piece(request.getImagePiece());
      case IMAGE_END -> images.end(request.getImageEnd());
      case CALL_NOT_SET ->
          CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.NOT_CAPABLE));
    };
  }

  private PeerResponse.Builder number(long number) {
    return PeerResponse.newBuilder().setNumber(number);
  }
}
