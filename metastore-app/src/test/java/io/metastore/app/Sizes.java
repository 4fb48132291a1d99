package io.metastore.app;

/**
 * How much tests do whose input is random: little in a build that somebody waits for, more in one
 * that judges a change, which is where the environment variable {@code CI} is set.
 */
public final class Sizes {
  private Sizes() {}

  /**
   * A size.
   *
   * @param property the system property that says another
   */
  public static int of(String property, int waitedFor, int judging) {
    return Integer.getInteger(property, System.getenv("CI") == null ? waitedFor : judging);
  }
}
