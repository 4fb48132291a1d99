package io.metastore.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that was run to its end in a process of its own.
 *
 * @param exitCode above 128 when a signal ended it
 * @param output what it said on standard output
 * @param errors what it said on standard error
 */
record Command(int exitCode, String output, String errors) {
  private static final long DEADLINE_SECONDS = 120;

  /** The packed distribution. */
  static Path home() throws IOException {
    Path target = Path.of("../metastore-app/target").toAbsolutePath().normalize();
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> Files.isExecutable(file.resolve("bin/metastore")))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no distribution in " + target));
    }
  }

  /** The packed {@code metastore}, with arguments. */
  static String[] metastore(String... arguments) throws IOException {
    return Stream.concat(
            Stream.of(home().resolve("bin/metastore").toString()), Arrays.stream(arguments))
        .toArray(String[]::new);
  }

  /**
   * A process that is yet to be started, with nothing in its environment but what is given: neither
   * JAVA_HOME nor somebody's ETCD_ variables are there to help or disturb.
   */
  static ProcessBuilder prepare(Path folder, Map<String, String> environment, String... command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("METASTORE_JAVA_OPTS", ServerProcess.JAVA_OPTIONS);
    builder.environment().putAll(environment);
    return builder;
  }

  /** Runs a program in a folder and waits for its end. */
  static Command run(Path folder, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", "");
    Path errors = Files.createTempFile(folder, "errors", "");
    try {
      Process process =
          prepare(folder, environment, command)
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "still running: " + List.of(command) + ": " + Files.readString(errors));
      }
      return new Command(process.exitValue(), Files.readString(output), Files.readString(errors));
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }
}
