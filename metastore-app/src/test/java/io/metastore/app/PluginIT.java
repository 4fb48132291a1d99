package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server on the storage engine of a plug-in. */
final class PluginIT {
  @TempDir private Path folder;

  @Test
  void serverRunsOnAPluginAndWarnsOfABrokenOne() throws Exception {
    Path plugins = folder.resolve("plugins");
    new PluginJar(folder.resolve("work")).engine(plugins.resolve("good/good.jar"), "good", "tape");
    Path broken = Files.createDirectory(plugins.resolve("broken"));
    Files.writeString(broken.resolve("broken.jar"), "no zip");
    String[] flags = {"--plugins-dir=" + plugins, "--storage=tape"};
    try (ServerProcess server = ServerProcess.start(folder, flags);
        TestClient client = TestClient.of(server)) {
      assertTrue(server.output().contains("(tape engine)"), server.output());
      List<String> warnings =
          server.errors().lines().filter(line -> line.contains("WARN")).toList();
      assertEquals(1, warnings.size(), server.errors());
      assertTrue(warnings.getFirst().contains("plug-in " + broken + " is ignored: "));
      client.put("a", "b");
      server.kill();
    }
    try (ServerProcess server = ServerProcess.start(folder, flags);
        TestClient client = TestClient.of(server)) {
      assertEquals(Optional.of("b"), client.value("a"));
    }
  }
}
