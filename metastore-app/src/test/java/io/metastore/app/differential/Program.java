package io.metastore.app.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A random program. */
record Program(List<Step> steps) {
  Program {
    steps = List.copyOf(steps);
  }

  /**
   * Two seeds in a row of so many, one for each engine, have heavy steps, and one step in so many
   * of their programs is one.
   */
  private static final int HEAVY_TWO_IN = 80;

  private static final int HEAVY_STEP_ONE_IN = 20;

  /** The program of a seed. */
  static Program of(long seed, int length) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean heavy = Math.floorMod(seed, HEAVY_TWO_IN) < 2;
    return new Program(
        random
            .longs(length)
            .mapToObj(step -> new Step(step, heavy && step % HEAVY_STEP_ONE_IN == 0, List.of()))
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
