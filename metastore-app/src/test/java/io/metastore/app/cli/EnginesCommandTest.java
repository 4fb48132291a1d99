package io.metastore.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EnginesCommandTest {
  @TempDir private Path plugins;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int run(String... args) {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return CommandLineInterface.run(args, Map.of(), stream, stream);
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void enginesOfTheServerAreListedAndWork() {
    assertEquals(0, run("engines", "--plugins-dir=" + plugins), () -> lines().toString());
    assertEquals(3, lines().size(), () -> lines().toString());
    assertTrue(lines().getFirst().matches("ENGINE +VERSION +FROM +HEALTH"), lines().getFirst());
    assertTrue(lines().get(1).matches("memory +\\S+ +built in +ok"), lines().get(1));
    assertTrue(lines().get(2).matches("rocksdb +\\S+ +built in +ok"), lines().get(2));
  }

  @Test
  void brokenPluginIsALineAndAnExitCode() throws Exception {
    Files.writeString(Files.createDirectory(plugins.resolve("bad")).resolve("bad.jar"), "no zip");
    assertEquals(CommandLineInterface.FAILED, run("engines", "--plugins-dir=" + plugins));
    assertEquals(4, lines().size(), () -> lines().toString());
    assertTrue(
        lines().getLast().startsWith("plug-in " + plugins.resolve("bad") + " is ignored: "),
        lines().getLast());
  }

  @Test
  void listIsJsonWhenAskedFor() {
    assertEquals(0, run("engines", "--json", "--plugins-dir=" + plugins));
    String json = String.join("\n", lines());
    assertTrue(json.startsWith("{\"engines\": [{\"name\": \"memory\", "), json);
    assertTrue(json.endsWith("\"from\": \"built in\"}], \"ignored\": []}"), json);
  }
}
