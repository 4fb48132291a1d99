package io.metastore.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A copy of a project of {@code examples/}, so that no file of an earlier build is in it.
 *
 * @param folder its own
 */
record ExampleProject(Path folder) {
  /** Copies a project. */
  static ExampleProject copy(String name, Path folder) throws IOException {
    Path source = Path.of("../examples").resolve(name);
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path relative = source.relativize(file);
        if (!relative.startsWith("target")) {
          Files.copy(file, folder.resolve(relative.toString()));
        }
      }
    }
    return new ExampleProject(folder);
  }

  /** How many of its tests the build has run; all of them have passed, or the build had not. */
  int testsPassed() {
    Pattern tests = Pattern.compile("<testsuite [^>]*tests=\"(\\d+)\"[^>]*skipped=\"0\"");
    int passed = 0;
    try (Stream<Path> reports = Files.list(target().resolve("surefire-reports"))) {
      for (Path report : reports.filter(file -> file.toString().endsWith(".xml")).toList()) {
        Matcher suite = tests.matcher(Files.readString(report));
        if (!suite.find()) {
          throw new IllegalStateException("tests were skipped: " + report);
        }
        passed += Integer.parseInt(suite.group(1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return passed;
  }

  Path target() {
    return folder.resolve("target");
  }
}
