package io.metastore.testkit.storage;

import java.util.Random;

/** Where random tests get their randomness: a new seed each run, or the one to be repeated. */
public final class Seed {
  private static final String PROPERTY = "metastore.seed";

  private Seed() {}

  /** A generator whose seed is printed beside the test's name. */
  public static Random random(String test) {
    long seed = Long.getLong(PROPERTY, System.nanoTime() & 0xFFFF_FFFFL);
    System.out.println(test + ": seed " + seed + ", repeat with -D" + PROPERTY + "=" + seed);
    return new Random(seed);
  }
}
