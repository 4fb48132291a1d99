package io.metastore.core.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Deletes more at once than a process has heap for, with all that was once kept of each key. For
 * more: {@code -Dmetastore.large.keys=1000000 -Dmetastore.large.heap=64m}.
 */
final class LargeDeleteTest {
  private static final String KEYS = System.getProperty("metastore.large.keys", "80000");
  private static final String HEAP = System.getProperty("metastore.large.heap", "40m");

  @TempDir Path directory;
  @TempDir Path temp;

  @Test
  @DisplayName("61: a delete, and a revoke, of more than fits in memory")
  void moreThanFitsInMemoryIsDeleted() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx" + HEAP,
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:+IgnoreUnrecognizedVMOptions",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Djava.io.tmpdir=" + temp,
                    "-cp",
                    classPath(),
                    LargeDelete.class.getName(),
                    directory.toString(),
                    KEYS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertEquals(LargeDelete.LEFT + 0, said.lines().reduce("", (first, last) -> last));
      assertEquals(0, process.waitFor());
    } finally {
      process.destroyForcibly();
    }
  }

  // All on the class path, whether the test itself runs on it or on the module path.
  private static String classPath() throws Exception {
    Stream<String> own =
        Stream.of(
            Path.of(LargeDelete.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString());
    Stream<String> given =
        Stream.of("jdk.module.path", "surefire.test.class.path", "java.class.path")
            .flatMap(name -> Stream.of(System.getProperty(name, "").split(File.pathSeparator, -1)))
            .filter(entry -> !entry.isEmpty());
    return Stream.concat(own, given).distinct().collect(Collectors.joining(File.pathSeparator));
  }
}
