package io.metastore.core;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.auth.Identity;
import io.metastore.core.message.AlarmMember;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AlarmResponse;
import io.metastore.core.message.AlarmType;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.quota.Quota;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How a command gets from the façade into the log, and its outcome back.
 *
 * <p>Thread-safe; nothing blocks. Futures fail with a {@link MetastoreException}.
 */
final class WritePath {
  /** How often a command is made again whose maker's permissions changed on its way. */
  private static final int ATTEMPTS_MAX = 5;

  private final Consensus consensus;
  private final Quota quota;
  private final int requestBytesMax;
  private final Supplier<List<AlarmMember>> alarms;
  private final Caller caller;

  /**
   * Creates the path.
   *
   * @param requestBytesMax largest proposal in bytes
   * @param alarms those that are raised
   * @param caller who makes the commands
   */
  WritePath(
      Consensus consensus,
      Quota quota,
      int requestBytesMax,
      Supplier<List<AlarmMember>> alarms,
      Caller caller) {
    this.consensus = consensus;
    this.quota = quota;
    this.requestBytesMax = requestBytesMax;
    this.alarms = alarms;
    this.caller = caller;
  }

  WritePath as(Caller other) {
    return new WritePath(consensus, quota, requestBytesMax, alarms, other);
  }

  /**
   * Checks a command, and brings it into the log unless this member has no space for it (etcd
   * {@code server/etcdserver/api/v3rpc/quota.go} wraps {@code key.go} and {@code lease.go}).
   *
   * @param check throws a {@link MetastoreException} when the request is refused
   * @param cost in bytes, 0 for a command that is let through in any case
   * @param complete makes the response of the state machine's
   */
  <B, R> CompletableFuture<R> propose(
      Runnable check,
      Proposal.Builder builder,
      long cost,
      Duration timeout,
      Class<B> responseType,
      Function<B, R> complete) {
    // In etcd's order: space first, then what is wrong with the request, then its size.
    if (!quota.admits(cost)) {
      return refuseForSpace(timeout);
    }
    try {
      check.run();
    } catch (MetastoreException e) {
      return CompletableFuture.failedFuture(e);
    }
    return propose(caller, builder, timeout, 1)
        .thenApply(
            reply ->
                switch (reply) {
                  case Reply.Done done -> complete.apply(responseType.cast(done.response()));
                  case Reply.Refused refused -> throw MetastoreException.of(refused.code());
                });
  }

  private CompletableFuture<Reply> propose(
      Caller maker, Proposal.Builder builder, Duration timeout, int attempt) {
    Proposal proposal = maker.sign(builder).build();
    if (proposal.getSerializedSize() > requestBytesMax) {
      return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.REQUEST_TOO_LARGE));
    }
    CompletableFuture<Reply> reply = consensus.propose(proposal, timeout);
    return isBoundToRevision(proposal) && attempt < ATTEMPTS_MAX
        ? reply.thenCompose(
            first ->
                isStale(first)
                    ? propose(maker, builder, timeout, attempt + 1)
                    : CompletableFuture.completedFuture(first))
        : reply;
  }

  /** Users or roles changed between here and the proposal's place in the log: nothing was done. */
  private static boolean isStale(Reply reply) {
    return reply instanceof Reply.Refused refused && refused.code() == ErrorCode.AUTH_OLD_REVISION;
  }

  private boolean isBoundToRevision(Proposal proposal) {
    return proposal.getAuthRevision() != 0 && caller.identity().revision() == 0;
  }

  /** Raises the alarm, so that every member refuses from now on, and refuses. */
  private <R> CompletableFuture<R> refuseForSpace(Duration timeout) {
    AlarmMember alarm =
        AlarmMember.newBuilder()
            .setMemberID(consensus.status().memberId())
            .setAlarm(AlarmType.NOSPACE)
            .build();
    CompletableFuture<?> raised =
        alarms.get().contains(alarm)
            ? CompletableFuture.completedFuture(null)
            // By this member, whoever the caller is.
            : as(new Caller(Identity.TRUSTED, caller.stateMachine()))
                .alarm(
                    AlarmRequest.newBuilder()
                        .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                        .setMemberID(alarm.getMemberID())
                        .setAlarm(alarm.getAlarm())
                        .build(),
                    timeout);
    // Whatever became of the alarm, there is no space here.
    return raised.handle(
        (done, failure) -> {
          throw MetastoreException.of(ErrorCode.NO_SPACE);
        });
  }

  /** Lists, raises or disarms alarms. */
  CompletableFuture<AlarmResponse> alarm(AlarmRequest request, Duration timeout) {
    return propose(
        () -> {},
        Proposal.newBuilder().setAlarm(request),
        0,
        timeout,
        AlarmResponse.Builder.class,
        response -> response.setHeader(complete(response.getHeader())).build());
  }

  /** A header with what only the answering member knows. */
  ResponseHeader complete(ResponseHeader partial) {
    return ReplicatedStore.header(consensus.status(), partial.getRevision());
  }
}
