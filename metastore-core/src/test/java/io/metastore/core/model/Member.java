package io.metastore.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageOptions;
import io.metastore.core.CountingEngine;
import io.metastore.core.Engines;
import io.metastore.core.NodeMetrics;
import io.metastore.core.ReplicatedStore;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.compact.Compactor;
import io.metastore.core.lease.LeaseExpirer;
import io.metastore.core.lease.LeasePeers;
import io.metastore.core.lease.LeaseRenewer;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.PurgeStep;
import io.metastore.core.quota.Quota;
import io.metastore.core.task.TaskScope;
import io.metastore.core.watch.WatchHub;
import io.metastore.core.watch.WatchOptions;
import io.metastore.testkit.model.Answer;
import io.metastore.testkit.model.KeyEvent;
import io.metastore.testkit.model.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything of one member but consensus, on an engine, until its next start. */
final class Member implements AutoCloseable {
  static final Subject.Limits LIMITS = new Subject.Limits(6, 2);

  private static final Duration ELECTION = Duration.ofSeconds(1);
  private static final int RESPONSE_BYTES_MAX = 1 << 20;

  private final StorageEngineProvider provider;
  private final Path directory;
  private final LogList log = new LogList();
  private int runs;
  private long seen = 1;
  private Run run;

  Member(String engine, Path directory) {
    this.provider = Engines.named(engine);
    this.directory = directory;
    this.run = new Run(place());
  }

  private Path place() {
    return directory.resolve("run-" + runs);
  }

  /** All that a run of the member has in memory. */
  private final class Run {
    final CountingEngine engine;
    final StateMachine stateMachine;
    final TaskScope scope = TaskScope.open("member");
    final WatchHub hub;
    final ReplicatedStore store;
    final WatchCollector watcher;

    Run(Path place) {
      engine = new CountingEngine(provider.open(StorageOptions.of(created(place))));
      stateMachine = StateMachine.open(engine, log);
      log.start(stateMachine);
      log.replay();
      hub =
          WatchHub.open(
              stateMachine,
              revision -> ResponseHeader.newBuilder().setRevision(revision).build(),
              WatchOptions.of(Duration.ofHours(1), RESPONSE_BYTES_MAX));
      stateMachine.listen(hub);
      hub.start(scope);
      // Its clock stands still: no lease ends by itself.
      LeaseExpirer expirer =
          new LeaseExpirer(
              log, stateMachine::acquire, ELECTION, Duration.ZERO, () -> 0, NodeMetrics.NONE);
      stateMachine.tellOfLeases(expirer);
      store =
          new ReplicatedStore(
              stateMachine,
              log,
              hub,
              engine::sizes,
              Runnable::run,
              new LeaseRenewer(log, expirer, LeasePeers.NONE, NodeMetrics.NONE),
              LIMITS.leaseTtlMin(),
              RESPONSE_BYTES_MAX,
              LIMITS.txnOpsMax(),
              "3.6.0",
              new ReplicatedStore.Upkeep(
                  new Compactor(stateMachine::acquire, () -> 0),
                  new Quota(Quota.UNLIMITED, () -> 0, () -> 0)));
      scope.fork("expirer", expirer::run);
      watcher =
          new WatchCollector(
              hub,
              WatchCreateRequest.newBuilder()
                  .setKey(Messages.bytes("\0"))
                  .setRangeEnd(Messages.bytes("\0"))
                  .setStartRevision(seen + 1)
                  .setPrevKv(true)
                  .build());
    }

    void end() {
      watcher.close();
      hub.close();
      scope.close();
      stateMachine.close();
      assertEquals(0, engine.openCursors(), "cursors that were left open");
      assertEquals(0, engine.openViews(), "views that were left open");
      assertEquals(0, engine.misuses(), "views that were closed wrongly");
      engine.close();
    }
  }

  private static Path created(Path place) {
    try {
      return Files.createDirectories(place);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  LogList log() {
    return log;
  }

  ReplicatedStore store() {
    return run.store;
  }

  StateMachine stateMachine() {
    return run.stateMachine;
  }

  WatchHub hub() {
    return run.hub;
  }

  long revision() {
    return run.stateMachine.state().revision();
  }

  /** What the standing watch was told since the last call. */
  List<KeyEvent> told() {
    if (seen == revision()) {
      // A watch that begins in the future is given no progress below its start.
      return List.of();
    }
    Answer answer = run.watcher.upTo(revision());
    seen = revision();
    return switch (answer) {
      case Answer.Told told -> told.events();
      default -> throw new AssertionError("the standing watch was ended: " + answer);
    };
  }

  void flush() {
    run.engine.flush();
  }

  /** What a running engine has in its directory is what a crash leaves behind. */
  void crash() {
    Path from = place();
    runs++;
    CrashCopy.of(from, place());
    run.end();
    run = new Run(place());
  }

  void restart() {
    run.engine.flush();
    run.end();
    run = new Run(place());
  }

  void purge(int changesMax) {
    Optional<PurgeStep> step;
    try (PublishedView view = run.stateMachine.acquire()) {
      step = PurgeStep.next(view, changesMax);
    }
    step.ifPresent(next -> run.stateMachine.upkeep(next.batch()));
  }

  void verify() {
    assertEquals(Optional.empty(), run.scope.failure());
    assertEquals(0, run.engine.misuses(), "views that were closed wrongly");
  }

  @Override
  public void close() {
    run.end();
  }
}
