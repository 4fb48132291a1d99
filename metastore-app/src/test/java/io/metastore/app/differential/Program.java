package io.metastore.app.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A random program. */
record Program(List<Step> steps) {
  Program {
    steps = List.copyOf(steps);
  }

  /** The program of a seed. */
  static Program of(long seed, int length) {
    return new Program(
        new SplittableRandom(seed)
            .longs(length)
            .mapToObj(step -> new Step(step, List.of()))
            .toList());
  }

  /** Its first steps. */
  Program upTo(int length) {
    return new Program(steps.subList(0, length));
  }

  /** What is left without some steps. */
  Program without(int from, int to) {
    List<Step> left = new ArrayList<>(steps);
    left.subList(from, to).clear();
    return new Program(left);
  }

  /** The same with one step replaced. */
  Program with(int index, Step step) {
    List<Step> changed = new ArrayList<>(steps);
    changed.set(index, step);
    return new Program(changed);
  }
}
