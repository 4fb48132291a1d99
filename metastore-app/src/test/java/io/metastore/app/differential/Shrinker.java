package io.metastore.app.differential;

import java.time.Duration;
import java.util.Optional;

/**
 * Makes the program of a difference small, as long as a difference is left: what comes after the
 * difference goes first, then halves, quarters and so on down to single steps, then parts of the
 * requests.
 */
final class Shrinker {
  private final Duel duel;
  private final long deadlineNanos;

  /** Gives up after a time with the smallest found until then. */
  Shrinker(Duel duel, Duration time) {
    this.duel = duel;
    this.deadlineNanos = System.nanoTime() + time.toNanos();
  }

  /** The smallest difference found; the given one when it does not come again. */
  Difference shrink(Difference found) throws InterruptedException {
    if (found.ended()) {
      return found;
    }
    Optional<Difference> again = duel.run(found.program().upTo(found.step() + 1));
    if (again.isEmpty()) {
      return found;
    }
    // A read that needed the steps before it for its revision may not need them any more when that
    // part of it is gone, so both in turn.
    Difference smallest = withoutParts(withoutSteps(again.get()));
    int before = found.step() + 1;
    while (smallest.step() < before) {
      before = smallest.step();
      smallest = withoutParts(withoutSteps(smallest));
    }
    return smallest;
  }

  private boolean timeIsLeft() {
    return System.nanoTime() < deadlineNanos;
  }

  private Difference withoutSteps(Difference found) throws InterruptedException {
    Difference smallest = found;
    int chunk = found.step() + 1;
    while (chunk > 0) {
      int before = smallest.step();
      smallest = withoutChunks(smallest, chunk);
      if (chunk > 1) {
        chunk /= 2;
      } else if (smallest.step() == before) {
        chunk = 0;
      }
    }
    return smallest;
  }

  private Difference withoutChunks(Difference found, int chunk) throws InterruptedException {
    Difference smallest = found;
    int to = smallest.step() + 1;
    while (to > 0 && timeIsLeft()) {
      int from = Math.max(0, to - chunk);
      Program all = smallest.program().upTo(smallest.step() + 1);
      smallest = duel.run(all.without(from, to)).orElse(smallest);
      to = Math.min(from, smallest.step() + 1);
    }
    return smallest;
  }

  private Difference withoutParts(Difference found) throws InterruptedException {
    Difference smallest = found;
    for (int step = found.step(); step >= 0; step--) {
      int part = 0;
      while (step <= smallest.step()
          && Parts.without(smallest.requests().get(step), part).isPresent()
          && timeIsLeft()) {
        Program all = smallest.program();
        Optional<Difference> less = duel.run(all.with(step, all.steps().get(step).cut(part)));
        // The next part has the number of the one that was cut out.
        part += less.isPresent() ? 0 : 1;
        smallest = less.orElse(smallest);
      }
    }
    return smallest;
  }
}
