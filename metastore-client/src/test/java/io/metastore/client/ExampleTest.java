package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program of {@code docs/embedding.md}, compiled and run as its reader would. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ExampleTest {
  private static final List<String> FIRST_RUN =
      List.of(
          "added /jobs/1",
          "/jobs/1 = new",
          "/jobs/2 = new",
          "/jobs/1 = done",
          "/jobs/2 = done",
          "/jobs/2 was new");

  @TempDir private static Path classes;
  @TempDir private Path directory;

  @BeforeAll
  static void compile() {
    Path source = Path.of("../examples/embedding/src/main/java/example/Jobs.java");
    StringWriter output = new StringWriter();
    PrintWriter printer = new PrintWriter(output);
    int result =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                printer,
                printer,
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertEquals(0, result, output.toString());
  }

  private List<String> run(String argument) throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path"),
                "example.Jobs",
                argument)
            .redirectOutput(output.toFile())
            .redirectError(directory.resolve("errors").toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), Files.readString(directory.resolve("errors")));
    return Files.readAllLines(output);
  }

  @Test
  void programRunsOnADirectoryAndFindsWhatItLeft() throws Exception {
    String data = directory.resolve("data").toString();
    assertEquals(FIRST_RUN, run(data));
    assertEquals("/jobs/1 was there", run(data).getFirst());
  }

  @Test
  void sameProgramRunsAgainstAServer() throws Exception {
    try (Metastore server =
        Metastore.open(
            OpenOptions.inMemory()
                .servingClients(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))) {
      assertEquals(FIRST_RUN, run(server.endpoints().getFirst().toString()));
    }
  }
}
