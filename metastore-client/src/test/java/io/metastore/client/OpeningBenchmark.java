package io.metastore.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long {@link Metastore#open} takes: the first of a JVM, each in one of its own that has
 * default settings and the class path of a program with nothing else, and those after it. Run by
 * name only, as it is none of the tests; prints a table for {@code docs/benchmarks.md}.
 */
final class OpeningBenchmark {
  private static final int ROUNDS = 11;
  private static final long DEADLINE_SECONDS = 60;
  private static final List<String> ENGINES = List.of("rocksdb", "memory");

  /** What a program has on its class path by depending on metastore-raft and the engines. */
  private static final Pattern NEEDED =
      Pattern.compile(
          ".*/(metastore-(api|core|raft|ratis|rocksdbjni|store-memory|store-rocksdb)/target/.*"
              + "|metastore-client/target/test-classes"
              + "|(protobuf-java|slf4j-api|bcrypt|bytes|jspecify)-[0-9].*)");

  @TempDir private Path temp;

  /** One opening of an engine in a directory, in this JVM; prints the milliseconds it took. */
  public static void main(String[] arguments) {
    System.out.printf("%.1f", opened(arguments[0], Path.of(arguments[1])));
  }

  @Test
  void measure() throws Exception {
    System.out.println("| engine | opening | median ms | least | most |");
    System.out.println("|---|---|--:|--:|--:|");
    double[][] first = new double[ENGINES.size()][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      for (int engine = 0; engine < ENGINES.size(); engine++) {
        first[engine][round] = inAnotherJvm(ENGINES.get(engine), directory());
      }
    }
    for (int engine = 0; engine < ENGINES.size(); engine++) {
      row(ENGINES.get(engine), "the first of a JVM", first[engine]);
      double[] later = new double[ROUNDS];
      for (int round = -1; round < ROUNDS; round++) {
        double millis = opened(ENGINES.get(engine), directory());
        later[Math.max(0, round)] = millis;
      }
      row(ENGINES.get(engine), "later ones", later);
    }
  }

  private Path directory() throws IOException {
    return Files.createTempDirectory(temp, "store");
  }

  /** Opens a store, sees that it takes a key, closes it; returns how long the first took. */
  private static double opened(String engine, Path directory) {
    long start = System.nanoTime();
    try (Metastore store = Metastore.open(OpenOptions.at(directory).withStorage(engine))) {
      double millis = (System.nanoTime() - start) / 1e6;
      store.put("/opened", "yes");
      return millis;
    }
  }

  private static double inAnotherJvm(String engine, Path directory)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                OpeningBenchmark.class.getName(),
                engine,
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String millis = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("a JVM that opens a store fails: " + millis);
    }
    return Double.parseDouble(millis.substring(millis.lastIndexOf('\n') + 1));
  }

  private static String classPath() {
    // Surefire hides the class path in the manifest of a jar.
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.of(all.split(File.pathSeparator, -1))
        .filter(NEEDED.asMatchPredicate())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void row(String engine, String opening, double[] millis) {
    Arrays.sort(millis);
    System.out.printf(
        "| %s | %s | %.0f | %.0f | %.0f |%n",
        engine, opening, millis[ROUNDS / 2], millis[0], millis[ROUNDS - 1]);
  }
}
