package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution as it is packed: what is in it, and that it needs nothing else. */
class DistributionIT {
  private static Path home;
  @TempDir private Path folder;

  @BeforeAll
  static void findTheDistribution() throws IOException {
    home = Command.home();
  }

  @Test
  void itRunsOnItsOwnRuntimeWithoutAnyWarning() throws Exception {
    Command outcome = run(home.resolve("bin/metastore").toString(), "--version");
    assertEquals(0, outcome.exitCode(), outcome::errors);
    assertEquals("", outcome.errors());
    String release = Files.readString(home.resolve("runtime/release"));
    String java = release.replaceAll("(?s).*JAVA_VERSION=\"([^\"]+)\".*", "$1");
    assertTrue(outcome.output().contains("Java " + java), outcome::output);
  }

  @Test
  void itRunsFromAnotherFolderAndThroughALink() throws Exception {
    Path moved = folder.resolve("an other place");
    Command unpacked =
        run(
            "sh",
            "-c",
            "mkdir '" + moved + "' && tar xzf '" + home + ".tar.gz' -C '" + moved + "'");
    assertEquals(0, unpacked.exitCode(), unpacked::errors);
    Path link =
        Files.createSymbolicLink(
            folder.resolve("metastore"),
            moved.resolve(home.getFileName()).resolve("bin/metastore"));
    Command outcome = run(link.toString(), "--version");
    assertEquals(0, outcome.exitCode(), outcome::errors);
    assertEquals("", outcome.errors());
  }

  @Test
  void itRunsOnTheModulePathOfAnyJdkWithoutAnyWarning() throws Exception {
    String line = "java @conf/jvm.options -p lib -m io.metastore.app";
    assertTrue(
        Files.readString(Path.of("../docs/operations.md")).contains("`" + line + "`"),
        "the documents say it otherwise");
    String java = Path.of(System.getProperty("java.home"), "bin").toString();
    Command outcome =
        run("sh", "-c", "cd '" + home + "' && PATH='" + java + "' && " + line + " engines --json");
    assertEquals(0, outcome.exitCode(), outcome::errors);
    assertEquals("", outcome.errors());
    assertTrue(outcome.output().contains("rocksdb"), outcome::output);
  }

  @Test
  void everyJarIsAModuleThatTheServerReads() throws Exception {
    Command outcome =
        run(
            home.resolve("runtime/bin/java").toString(),
            "--show-module-resolution",
            "-p",
            home.resolve("lib").toString(),
            "-m",
            "io.metastore.app/io.metastore.app.Main",
            "--version");
    List<String> stray = new ArrayList<>();
    try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
      jars.filter(jar -> !outcome.output().contains("/" + jar.getFileName()))
          .forEach(jar -> stray.add(jar.getFileName().toString()));
    }
    assertEquals(List.of(), stray, "in lib/ without use: exclude them in folder.xml");
  }

  @Test
  void theOriginalsOfMergedModulesStayOut() throws IOException {
    try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
      assertFalse(
          jars.anyMatch(jar -> jar.getFileName().toString().matches("(ratis|rocksdbjni)-.*")));
    }
  }

  @Test
  void itCarriesItsLicences() {
    for (String file :
        List.of("LICENSE", "NOTICE", "README.md", "runtime/legal/java.base/LICENSE")) {
      assertTrue(Files.isRegularFile(home.resolve(file)), file);
    }
  }

  private Command run(String... command) throws IOException, InterruptedException {
    return Command.run(folder, Map.of(), command);
  }
}
