package io.metastore.testkit.storage;

import java.util.Random;

/**
 * Where random tests get their randomness.
 *
 * <p>A seed comes from {@code -Dmetastore.seed=N}, to repeat a run. Without that it is a new one
 * each time, so that every run on a developer's machine looks elsewhere; but where the environment
 * has {@code CI}, as build services set it, it is the same for a test at every run: there a change
 * is judged, and the same change must get the same answer.
 */
public final class Seed {
  private static final String PROPERTY = "metastore.seed";

  private Seed() {}

  /** A generator whose seed is printed beside the test's name. */
  public static Random random(String test) {
    long seed = of(test);
    System.out.println(test + ": seed " + seed + ", repeat with -D" + PROPERTY + "=" + seed);
    return new Random(seed);
  }

  /** The seed of a test, from 0 to 2^32 unless the property says otherwise. Prints nothing. */
  public static long of(String test) {
    long unset =
        System.getenv("CI") == null
            ? System.nanoTime() & 0xFFFF_FFFFL
            : test.hashCode() & 0xFFFF_FFFFL;
    return Long.getLong(PROPERTY, unset);
  }
}
