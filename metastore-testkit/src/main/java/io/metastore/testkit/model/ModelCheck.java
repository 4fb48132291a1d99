package io.metastore.testkit.model;

import io.metastore.testkit.storage.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Holds a subject against the model. {@code -Dmetastore.model.programs=N} runs more programs than
 * the test does by itself, {@code -Dmetastore.model.seed=N} the one program of a failure.
 */
public final class ModelCheck {
  private static final int STEPS = 300;
  private static final Duration SHRINK = Duration.ofSeconds(30);

  private final Subject.Limits limits;
  private final Supplier<Subject> subjects;

  private ModelCheck(Subject.Limits limits, Supplier<Subject> subjects) {
    this.limits = limits;
    this.subjects = subjects;
  }

  /**
   * Runs random programs, each on a subject of its own.
   *
   * @param name of the test, printed with the first seed
   * @param programs how many, unless a property says otherwise
   * @param subjects opens an empty one at each call
   * @throws AssertionError when a program differs, with its seed and a smaller program
   */
  public static void run(
      String name, int programs, Subject.Limits limits, Supplier<Subject> subjects) {
    Long only = Long.getLong("metastore.model.seed");
    long first = only == null ? Seed.of(name) : only;
    int count = only == null ? Integer.getInteger("metastore.model.programs", programs) : 1;
    System.out.println(name + ": " + count + " programs from seed " + first);
    ModelCheck check = new ModelCheck(limits, subjects);
    for (long seed = first; seed < first + count; seed++) {
      check.program(name, seed);
    }
  }

  private void program(String name, long seed) {
    List<Long> program = new SplittableRandom(seed).longs(STEPS).boxed().toList();
    Optional<Difference> difference = differs(program);
    if (difference.isPresent()) {
      Difference found = difference.get();
      Difference small = shrink(found);
      throw new AssertionError(
          "%s: repeat with -Dmetastore.model.seed=%d; %d steps are left of %d:%s"
              .formatted(name, seed, small.steps().size(), found.steps().size(), small.text()),
          small.cause());
    }
  }

  private Optional<Difference> differs(List<Long> program) {
    try (Subject subject = subjects.get()) {
      return ModelRun.of(program, subject, limits);
    }
  }

  /** Takes steps out, many at once and then single ones, as long as a difference is left. */
  private Difference shrink(Difference found) {
    long start = System.nanoTime();
    Difference smallest = found;
    for (int chunk = found.program().size() / 2; chunk > 0; chunk /= 2) {
      int from = 0;
      while (from < smallest.program().size() && System.nanoTime() - start < SHRINK.toNanos()) {
        List<Long> fewer = new ArrayList<>(smallest.program());
        fewer.subList(from, Math.min(from + chunk, fewer.size())).clear();
        Optional<Difference> still = differs(fewer);
        if (still.isPresent()) {
          smallest = still.get();
        } else {
          from += chunk;
        }
      }
    }
    return smallest;
  }
}
