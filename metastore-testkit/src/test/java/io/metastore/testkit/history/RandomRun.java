package io.metastore.testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Operations of several clients on a register: each takes effect at a moment of its own, in the
 * middle of its time, and some get no answer, with effect or without.
 */
final class RandomRun {
  /** How many are open at a time, on average: all of their orders are tried. */
  private static final int OPEN = 3;

  private static final int LENGTH_MAX = 40;

  private RandomRun() {}

  static List<Operation> of(Random random, int count) {
    List<Operation> history = new ArrayList<>();
    Optional<String> value = Optional.empty();
    long effect = LENGTH_MAX;
    for (int i = 0; i < count; i++) {
      // The effects are in the order of the loop; the times around them overlap.
      effect += 1 + random.nextInt(2 * LENGTH_MAX / OPEN);
      long from = effect - random.nextInt(LENGTH_MAX);
      long to = effect + random.nextInt(LENGTH_MAX);
      Action action = action(random, i, value);
      boolean answered = random.nextInt(60) > 0;
      boolean happens = answered || random.nextBoolean();
      Outcome outcome = answered ? outcome(action, value) : new Outcome.Unknown("no answer");
      if (happens) {
        value = Register.step(new Register.State(value), action, outcome).orElseThrow().value();
      }
      history.add(new Operation("c" + i, "k", action, outcome, from, to));
    }
    return history;
  }

  private static Action action(Random random, int i, Optional<String> value) {
    return switch (random.nextInt(6)) {
      case 0, 1 -> new Action.Put("v" + i);
      case 2 -> new Action.Delete();
      case 3 -> new Action.CompareAndSwap(value, "v" + i);
      default -> new Action.Get();
    };
  }

  private static Outcome outcome(Action action, Optional<String> value) {
    return switch (action) {
      case Action.Put put -> new Outcome.Written();
      case Action.Get get -> new Outcome.Read(value);
      case Action.Delete delete -> new Outcome.Deleted(value.isPresent());
      case Action.CompareAndSwap swap -> new Outcome.Swapped(swap.expected().equals(value));
    };
  }
}
