package io.metastore.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.api.MetastoreException;
import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.core.message.AlarmMember;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AlarmRequest.AlarmAction;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseLeasesRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseTimeToLiveRequest;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.testkit.model.Answer;
import io.metastore.testkit.model.Command;
import io.metastore.testkit.model.KeyEvent;
import io.metastore.testkit.model.Model;
import io.metastore.testkit.model.Subject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Core's façade over a whole member, as a subject of the model. */
final class CoreSubject implements Subject {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final Member member;

  CoreSubject(String engine, Path directory) {
    member = new Member(engine, directory);
  }

  @Override
  public List<Answer> write(List<Command> drain) {
    List<CompletableFuture<Answer>> futures = drain.stream().map(this::start).toList();
    member.log().drain();
    return futures.stream().map(CoreSubject::now).toList();
  }

  @Override
  public Answer read(Command command) {
    if (command instanceof Command.AllAlarms) {
      // As in etcd, through the log.
      return write(List.of(command)).getFirst();
    }
    return now(start(command));
  }

  private CompletableFuture<Answer> start(Command command) {
    return switch (command) {
      case Command.Range range ->
          member
              .store()
              .range(Messages.of(range), TIMEOUT)
              .thenApply(response -> Answers.of(Answers.revision(response.getHeader()), response));
      case Command.Put put ->
          member
              .store()
              .put(Messages.of(put), TIMEOUT)
              .thenApply(response -> Answers.of(Answers.revision(response.getHeader()), response));
      case Command.Delete delete ->
          member
              .store()
              .deleteRange(Messages.of(delete), TIMEOUT)
              .thenApply(response -> Answers.of(Answers.revision(response.getHeader()), response));
      case Command.Txn txn ->
          member
              .store()
              .txn(Messages.of(txn), TIMEOUT)
              .thenApply(response -> Answers.of(Answers.revision(response.getHeader()), response));
      case Command.Compact compact ->
          member
              .store()
              .compact(
                  CompactionRequest.newBuilder().setRevision(compact.revision()).build(), TIMEOUT)
              .thenApply(response -> new Answer.Compacted(Answers.revision(response.getHeader())));
      case Command.Grant grant ->
          member
              .store()
              .leaseGrant(
                  LeaseGrantRequest.newBuilder().setID(grant.id()).setTTL(grant.ttl()).build(),
                  TIMEOUT)
              .thenApply(Answers::of);
      case Command.Revoke revoke ->
          member
              .store()
              .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(revoke.id()).build(), TIMEOUT)
              .thenApply(response -> new Answer.Revoked(Answers.revision(response.getHeader())));
      case Command.LeaseKeys lease ->
          member
              .store()
              .leaseTimeToLive(
                  LeaseTimeToLiveRequest.newBuilder().setID(lease.id()).setKeys(true).build(),
                  TIMEOUT)
              .thenApply(Answers::of);
      case Command.AllLeases all ->
          member
              .store()
              .leaseLeases(LeaseLeasesRequest.getDefaultInstance(), TIMEOUT)
              .thenApply(Answers::of);
      case Command.Watch watch -> CompletableFuture.completedFuture(watch(watch));
      case Command.Stream stream ->
          Streamed.of(member.store().rangeStream(Messages.of(stream.range())));
      case Command.HashAt hash ->
          member
              .store()
              .hashKv(HashKVRequest.newBuilder().setRevision(hash.revision()).build(), TIMEOUT)
              .thenApply(Answers::of);
      case Command.Raise raise -> alarm(AlarmAction.ACTIVATE, Messages.of(raise.alarm()));
      case Command.Disarm disarm -> alarm(AlarmAction.DEACTIVATE, Messages.of(disarm.alarm()));
      case Command.AllAlarms all -> alarm(AlarmAction.GET, AlarmMember.getDefaultInstance());
    };
  }

  private CompletableFuture<Answer> alarm(AlarmAction action, AlarmMember alarm) {
    return member
        .store()
        .alarm(
            AlarmRequest.newBuilder()
                .setAction(action)
                .setAlarm(alarm.getAlarm())
                .setMemberID(alarm.getMemberID())
                .build(),
            TIMEOUT)
        .thenApply(Answers::of);
  }

  private Answer watch(Command.Watch watch) {
    try (WatchCollector collector = new WatchCollector(member.hub(), Messages.of(watch))) {
      return collector.upTo(member.revision());
    }
  }

  private static Answer now(CompletableFuture<Answer> future) {
    try {
      return future.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MetastoreException refusal) {
        return new Answer.Refused(refusal.code());
      }
      throw new AssertionError("failed", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public List<KeyEvent> told() {
    return member.told();
  }

  @Override
  public void flush() {
    member.flush();
  }

  @Override
  public void crash() {
    member.crash();
  }

  @Override
  public void restart() {
    member.restart();
  }

  @Override
  public void purge(int changesMax) {
    member.purge(changesMax);
  }

  @Override
  public void verify(Model model) {
    assertEquals(model.keys(model.revision()).size(), member.stateMachine().state().keys());
    long attached =
        model.keys(model.revision()).values().stream().filter(key -> key.lease() != 0).count();
    assertEquals(model.leases().size() + attached, leaseEntries(), "entries of LEASE");
    member.verify();
  }

  private long leaseEntries() {
    try (PublishedView view = member.stateMachine().acquire();
        Cursor cursor = view.view().scan(Keyspace.LEASE, KeyRange.all(), ScanDirection.FORWARD)) {
      long count = 0;
      while (cursor.next()) {
        count++;
      }
      return count;
    }
  }

  @Override
  public void close() {
    member.close();
  }
}
