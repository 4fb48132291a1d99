package io.metastore.testkit.model;

import io.metastore.testkit.model.Command.AllAlarms;
import io.metastore.testkit.model.Command.AllLeases;
import io.metastore.testkit.model.Command.HashAt;
import io.metastore.testkit.model.Command.LeaseKeys;
import io.metastore.testkit.model.Command.Range;
import io.metastore.testkit.model.Command.Watch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run of a program on a subject and on a model of its own. */
final class ModelRun {
  /** Between two revisions that are read again after a crash. */
  private static final int SAMPLE = 16;

  private final Subject subject;
  private final Model model;
  private final List<Step> done = new ArrayList<>();
  // By revision and compaction mark, which is all that a hash depends on.
  private final Map<List<Long>, Long> hashes = new HashMap<>();

  private ModelRun(Subject subject, Subject.Limits limits) {
    this.subject = subject;
    this.model = new Model(limits);
  }

  /**
   * Runs a program, a seed for each step.
   *
   * @return where the two part, if they do
   */
  static Optional<Difference> of(List<Long> program, Subject subject, Subject.Limits limits) {
    ModelRun run = new ModelRun(subject, limits);
    try {
      for (long seed : program) {
        Step step = RandomSteps.of(seed, run.model);
        run.done.add(step);
        run.take(step);
      }
      run.compareAll(1);
      return Optional.empty();
    } catch (Apart | AssertionError | RuntimeException e) {
      // Whatever ends a run ends it because of the subject, and makes a program to be shown.
      return Optional.of(new Difference(program.subList(0, run.done.size()), run.done, e));
    }
  }

  private void take(Step step) throws Apart {
    switch (step) {
      case Step.Write write -> {
        long before = model.revision();
        List<Answer> expected = write.drain().stream().map(model::execute).toList();
        List<Answer> answered = subject.write(write.drain());
        for (int i = 0; i < expected.size(); i++) {
          compare(write.drain().get(i), expected.get(i), answered.get(i));
        }
        List<KeyEvent> events = new ArrayList<>();
        for (long at = before + 1; at <= model.revision(); at++) {
          events.addAll(model.events(at));
        }
        compare("what watchers were told", events, subject.told());
      }
      case Step.Read read -> compare(read.command());
      case Step.Flush flush -> subject.flush();
      case Step.Crash crash -> {
        subject.crash();
        compareAll(SAMPLE);
      }
      case Step.Restart restart -> {
        subject.restart();
        compareAll(SAMPLE);
      }
      case Step.Purge purge -> subject.purge(purge.changesMax());
    }
  }

  /** Compares the newest revision, all leases, and of what is retained every nth revision. */
  private void compareAll(int every) throws Apart {
    for (long at = model.revision(); at >= model.oldest(); at -= every) {
      compare(Range.at(Keys.all(), at));
    }
    compare(Range.at(Keys.all(), model.oldest()));
    compare(new Watch(Keys.all(), model.oldest(), true, true, true));
    compare(new AllLeases());
    compare(new AllAlarms());
    compare(new HashAt(model.revision()));
    for (long id : model.leases().keySet()) {
      compare(new LeaseKeys(id));
    }
    subject.verify(model);
  }

  private void compare(Command command) throws Apart {
    Answer answered = subject.read(command);
    compare(command, asFarAsPromised(model.execute(command), answered), answered);
  }

  /**
   * What was there before an event at the mark is compacted: a watcher may be told of it or not, as
   * long as it is the truth. A hash is what it was before, whatever was removed or lost meanwhile.
   */
  private Answer asFarAsPromised(Answer expected, Answer answered) {
    if (expected instanceof Answer.Hashed at && answered instanceof Answer.Hashed given) {
      List<Long> history = List.of(at.hashRevision(), at.compactRevision());
      long hash = hashes.computeIfAbsent(history, unseen -> given.hash());
      return new Answer.Hashed(at.revision(), hash, at.compactRevision(), at.hashRevision());
    }
    if (!(expected instanceof Answer.Told all)
        || !(answered instanceof Answer.Told some)
        || all.events().size() != some.events().size()) {
      return expected;
    }
    List<KeyEvent> promised = new ArrayList<>();
    for (int i = 0; i < all.events().size(); i++) {
      KeyEvent event = all.events().get(i);
      boolean left = some.events().get(i).previous().isEmpty();
      promised.add(left && event.revision() == model.oldest() ? event.plain() : event);
    }
    return new Answer.Told(promised);
  }

  private static void compare(Object what, Object expected, Object answered) throws Apart {
    if (!expected.equals(answered)) {
      throw new Apart(what, expected, answered);
    }
  }

  /** Two answers that are not the same. */
  private static final class Apart extends Exception {
    private static final long serialVersionUID = 1;

    Apart(Object what, Object expected, Object answered) {
      super(
          "%s%n  expected %s%n  answered %s"
              .formatted(readable(what), readable(expected), readable(answered)));
    }
  }

  /** A text in which every byte can be seen. */
  static String readable(Object what) {
    StringBuilder text = new StringBuilder();
    for (char c : what.toString().toCharArray()) {
      if (c >= ' ' && c < 0x7f) {
        text.append(c);
      } else {
        text.append("\\x%02x".formatted((int) c));
      }
    }
    return text.toString();
  }
}
