package io.metastore.raft;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.ConsensusStatus;
import io.metastore.core.MetadataStore;
import io.metastore.core.compact.AutoCompaction;
import io.metastore.core.compact.PeriodicCompaction;
import io.metastore.core.compact.RevisionCompaction;
import io.metastore.core.message.AlarmMember;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AlarmType;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.quota.Quota;
import io.metastore.core.task.TaskScope;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member does about its store's size by itself: the leader compacts, and any member ends its
 * own alarm when there is room again. Both are options, and both act only by proposing.
 *
 * <p>One task each; they share nothing that changes.
 */
final class Housekeeper {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeper.class);

  private static final Duration ALARM_INTERVAL = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(7);

  private final MetadataStore store;
  private final Supplier<ConsensusStatus> consensus;
  private final LongSupplier revision;
  private final Quota quota;

  /**
   * Creates a housekeeper without starting it.
   *
   * @param revision the store's current revision
   */
  Housekeeper(
      MetadataStore store,
      Supplier<ConsensusStatus> consensus,
      LongSupplier revision,
      Quota quota) {
    this.store = store;
    this.consensus = consensus;
    this.revision = revision;
    this.quota = quota;
  }

  /** Starts what the options ask for, as tasks of a scope. */
  void start(UpkeepOptions options, TaskScope scope) {
    policy(options)
        .ifPresent(policy -> scope.fork("auto-compaction", () -> compactionLoop(policy)));
    if (options.disarmNoSpace()) {
      scope.fork("disarm", this::disarmLoop);
    }
  }

  private Optional<AutoCompaction> policy(UpkeepOptions options) {
    if (options.compactionPeriod().isPositive()) {
      return Optional.of(
          new PeriodicCompaction(
              options.compactionPeriod(), revision.getAsLong(), System.nanoTime()));
    }
    return options.compactionRevisions() > 0
        ? Optional.of(new RevisionCompaction(options.compactionRevisions()))
        : Optional.empty();
  }

  private void compactionLoop(AutoCompaction policy) throws InterruptedException {
    while (true) {
      // A period of the operator's, not a wait for something.
      TimeUnit.NANOSECONDS.sleep(policy.interval().toNanos());
      OptionalLong due =
          policy.tick(revision.getAsLong(), consensus.get().isLeader(), System.nanoTime());
      if (due.isPresent()) {
        compact(policy, due.getAsLong());
      }
    }
  }

  private void compact(AutoCompaction policy, long at) throws InterruptedException {
    Optional<ErrorCode> refusal =
        outcome(store.compact(CompactionRequest.newBuilder().setRevision(at).build(), TIMEOUT));
    if (refusal.isEmpty() || refusal.get() == ErrorCode.COMPACTED) {
      policy.compacted(at, System.nanoTime());
      LOG.atInfo().addKeyValue("revision", at).log("compacted by policy");
    } else {
      LOG.atWarn()
          .addKeyValue("revision", at)
          .addKeyValue("code", refusal.get())
          .log("compaction by policy failed, trying again");
    }
  }

  private void disarmLoop() throws InterruptedException {
    while (true) {
      TimeUnit.NANOSECONDS.sleep(ALARM_INTERVAL.toNanos());
      AlarmMember own =
          AlarmMember.newBuilder()
              .setMemberID(consensus.get().memberId())
              .setAlarm(AlarmType.NOSPACE)
              .build();
      if (store.alarms().contains(own) && quota.hasRoomAgain()) {
        Optional<ErrorCode> refusal =
            outcome(
                store.alarm(
                    AlarmRequest.newBuilder()
                        .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                        .setMemberID(own.getMemberID())
                        .setAlarm(own.getAlarm())
                        .build(),
                    TIMEOUT));
        LOG.atInfo()
            .addKeyValue("outcome", refusal.map(ErrorCode::name).orElse("ok"))
            .log("room again, alarm disarmed");
      }
    }
  }

  /** Why a call failed, if it did. */
  private static Optional<ErrorCode> outcome(CompletableFuture<?> call)
      throws InterruptedException {
    try {
      call.get();
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MetastoreException refused) {
        return Optional.of(refused.code());
      }
      throw new IllegalStateException("a proposal of the housekeeper's own failed", e);
    }
  }
}
