package io.metastore.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that are run to their end. */
final class Program {
  private static final long DEADLINE_SECONDS = 300;

  private Program() {}

  /** A process whose output and errors go to one file. */
  static Process start(Path folder, Path output, List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home", ""));
    builder.environment().put("ETCDCTL_API", "3");
    // For every JVM, those that a JVM starts included: they end before the second compiler would
    // pay.
    builder.environment().put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
    return builder.start();
  }

  /** Runs a program that must succeed; gives the lines that it said. */
  static List<String> run(Path folder, String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("metastore-examples-", ".txt");
    try {
      Process process = start(folder, output, List.of(command));
      boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      String said = Files.readString(output);
      assertTrue(ended, () -> "still running: " + List.of(command) + "\n" + said);
      assertEquals(0, process.exitValue(), () -> List.of(command) + "\n" + said);
      return said.lines().toList();
    } finally {
      Files.delete(output);
    }
  }
}
