package io.metastore.testkit.model;

import io.metastore.testkit.model.Command.Alarm;
import io.metastore.testkit.model.Command.AlarmKind;
import io.metastore.testkit.model.Command.AllAlarms;
import io.metastore.testkit.model.Command.AllLeases;
import io.metastore.testkit.model.Command.Compact;
import io.metastore.testkit.model.Command.Disarm;
import io.metastore.testkit.model.Command.Grant;
import io.metastore.testkit.model.Command.HashAt;
import io.metastore.testkit.model.Command.LeaseKeys;
import io.metastore.testkit.model.Command.Raise;
import io.metastore.testkit.model.Command.Revoke;
import io.metastore.testkit.model.Command.Stream;
import io.metastore.testkit.model.Command.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Makes a step of a program from the step's own seed. What it asks for depends on where the model
 * is, so that a program goes on making sense when steps are taken out of it.
 */
final class RandomSteps {
  private static final int DRAIN_MAX = 6;
  private static final int PURGE_MAX = 12;
  private static final long TTL_TOO_LARGE = 9_000_000_001L;

  private final RandomGenerator random;
  private final Model model;
  private final RandomOperations operations;

  private RandomSteps(RandomGenerator random, Model model) {
    this.random = random;
    this.model = model;
    this.operations = new RandomOperations(random, model);
  }

  /** The step of a seed. */
  static Step of(long seed, Model model) {
    return new RandomSteps(new SplittableRandom(seed), model).step();
  }

  private Step step() {
    int kind = random.nextInt(200);
    if (kind < 2) {
      return new Step.Crash();
    }
    if (kind < 3) {
      return new Step.Restart();
    }
    if (kind < 5) {
      return new Step.Flush();
    }
    if (kind < 26) {
      return new Step.Purge(1 + random.nextInt(PURGE_MAX));
    }
    return kind < 115 ? new Step.Write(drain()) : new Step.Read(read());
  }

  private List<Command> drain() {
    List<Command> drain = new ArrayList<>();
    for (int i = operations.oneIn(3) ? random.nextInt(DRAIN_MAX) : 0; i >= 0; i--) {
      drain.add(write());
    }
    return drain;
  }

  private Command write() {
    int kind = random.nextInt(100);
    if (kind < 45) {
      return operations.put();
    }
    if (kind < 57) {
      return operations.delete();
    }
    if (kind < 87) {
      return operations.writingTxn();
    }
    if (kind < 90) {
      return new Compact(revisionToCompact());
    }
    if (operations.oneIn(3)) {
      return alarm();
    }
    return kind < 96 ? new Grant(operations.lease(), ttl()) : new Revoke(operations.lease());
  }

  /** Mostly disarmed: what is forbidden while one is raised is most of a program. */
  private Command alarm() {
    Alarm alarm =
        new Alarm(
            operations.oneIn(4) ? AlarmKind.CORRUPT : AlarmKind.NOSPACE,
            operations.oneIn(2) ? 1 : -1);
    List<Alarm> raised = model.alarms();
    if (raised.isEmpty()) {
      return operations.oneIn(3) ? new Disarm(alarm) : new Raise(alarm);
    }
    return operations.oneIn(4) ? new Raise(alarm) : new Disarm(raised.getFirst());
  }

  /** Mostly a little more than before, so that history is left; also what is refused. */
  private long revisionToCompact() {
    long left = model.revision() - model.oldest();
    return switch (random.nextInt(8)) {
      case 0 -> random.nextInt(-1, 2);
      case 1 -> model.revision() + random.nextInt(2);
      case 2 -> model.oldest() + random.nextLong(left + 1);
      default -> model.oldest() + random.nextLong(left / 3 + 1);
    };
  }

  private long ttl() {
    return operations.oneIn(20) ? TTL_TOO_LARGE : random.nextInt(1, 100);
  }

  private Command read() {
    int kind = random.nextInt(100);
    if (kind < 50) {
      return operations.range();
    }
    if (kind < 55) {
      return new Stream(operations.range());
    }
    if (kind < 60) {
      return operations.oneIn(4) ? new AllAlarms() : new HashAt(operations.revisionToRead());
    }
    if (kind < 75) {
      return operations.readingTxn();
    }
    if (kind < 90) {
      return watch();
    }
    return kind < 98 ? new LeaseKeys(operations.lease()) : new AllLeases();
  }

  private Watch watch() {
    Keys keys = operations.keysForWatch();
    long from =
        operations.oneIn(8)
            ? random.nextLong(1, model.oldest() + 1)
            : model.oldest() + random.nextLong(model.revision() - model.oldest() + 1);
    int filter = random.nextInt(6);
    return new Watch(keys, from, operations.oneIn(2), filter != 0, filter != 1);
  }
}
