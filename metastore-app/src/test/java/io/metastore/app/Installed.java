package io.metastore.app;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Programs of others that a test needs. Where one is missing the test is skipped; not so where the
 * environment variable {@code CI} is set: a build that judges a change must not leave out what it
 * is judged by, unless {@value #WITHOUT} says that it may.
 */
public final class Installed {
  /** Set to anything, it allows a build that judges changes to skip tests that need etcd. */
  public static final String WITHOUT = "METASTORE_TESTS_WITHOUT_ETCD";

  private Installed() {}

  /**
   * Goes on only if a program is there.
   *
   * @param name how to get it from Debian
   */
  public static void require(Path program, String name) {
    if (Files.isExecutable(program)) {
      return;
    }
    String missing = program + " is missing (Debian: apt install " + name + ")";
    if (System.getenv("CI") != null && System.getenv(WITHOUT) == null) {
      fail(missing + "; " + WITHOUT + "=1 allows to skip what needs it");
    }
    abort(missing);
  }
}
