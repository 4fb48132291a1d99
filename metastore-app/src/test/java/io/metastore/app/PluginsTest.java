package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.raft.StartException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginsTest {
  @TempDir private Path work;
  @TempDir private Path plugins;
  private PluginJar jars;

  @BeforeEach
  void setUp() {
    jars = new PluginJar(work);
  }

  private StorageEngines installed() throws StartException {
    return StorageEngines.installed(Optional.of(plugins), "--plugins-dir=x");
  }

  /** What is said of the only plug-in that is broken, behind its folder's name. */
  private String warning(String folder) throws StartException {
    List<String> warnings = installed().warnings();
    assertEquals(1, warnings.size(), warnings::toString);
    String line = warnings.getFirst();
    String start = "plug-in " + plugins.resolve(folder) + " is ignored: ";
    assertTrue(line.startsWith(start), line);
    assertEquals(1, line.lines().count(), line);
    return line.substring(start.length());
  }

  private void addGood() throws Exception {
    jars.engine(plugins.resolve("good/good.jar"), "good", "tape");
  }

  private void assertGoodWorks() throws StartException {
    assertEquals("tape", installed().named("tape", "").name());
    assertEquals("memory", installed().named("memory", "").name());
  }

  @Test
  void engineOfAPluginIsFoundBesideThoseOfTheServer() throws Exception {
    addGood();
    assertGoodWorks();
    assertEquals(List.of(), installed().warnings());
    StartException e =
        assertThrows(StartException.class, () -> installed().named("disk", "--storage=disk"));
    assertEquals(
        "--storage=disk: there is no such storage engine; installed: memory (built in), rocksdb"
            + " (built in), tape (plug-in "
            + plugins.resolve("good")
            + ")",
        e.getMessage());
  }

  @Test
  void corruptJarIsNamedAndLeavesTheOthersAlone() throws Exception {
    addGood();
    Path jar = Files.createDirectory(plugins.resolve("bad")).resolve("bad.jar");
    Files.writeString(jar, "no zip");
    assertTrue(warning("bad").contains("bad.jar"), warning("bad"));
    assertGoodWorks();
  }

  @Test
  void folderWithoutAnEngineIsNamed() throws Exception {
    addGood();
    jars.empty(plugins.resolve("bad/bad.jar"), "bad");
    assertEquals("no module in it provides a storage engine", warning("bad"));
    Files.delete(plugins.resolve("bad/bad.jar"));
    Files.writeString(plugins.resolve("bad/readme.txt"), "text");
    assertEquals("no module in it provides a storage engine", warning("bad"));
    assertGoodWorks();
  }

  @Test
  void missingDependencyIsNamed() throws Exception {
    addGood();
    jars.lacking(plugins.resolve("bad/bad.jar"), "bad", "disk", "some.library");
    assertEquals("Module some.library not found, required by bad", warning("bad"));
    assertGoodWorks();
    jars.empty(plugins.resolve("bad/library.jar"), "some.library");
    assertEquals(List.of(), installed().warnings());
  }

  @Test
  void providerThatThrowsIsNamedWithWhatItThrew() throws Exception {
    addGood();
    jars.engine(
        plugins.resolve("bad/bad.jar"),
        "bad",
        "disk",
        "",
        "if (true) throw new IllegalStateException(\"no tape drive\");");
    assertTrue(
        warning("bad").endsWith(": java.lang.IllegalStateException: no tape drive"),
        warning("bad"));
    assertGoodWorks();
  }

  @Test
  void wrongNameIsRefused() throws Exception {
    jars.engine(plugins.resolve("bad/bad.jar"), "bad", "Disk 1");
    assertEquals(
        "its provider fails: an engine's name is lower-case letters, digits and hyphens, not"
            + " \"Disk 1\"",
        warning("bad"));
  }

  @Test
  void nameThatIsTakenStaysWithWhoHasIt() throws Exception {
    addGood();
    jars.engine(plugins.resolve("later/later.jar"), "later", "tape");
    assertEquals(
        "there is a storage engine tape, plug-in " + plugins.resolve("good"), warning("later"));
    jars.engine(plugins.resolve("later/later.jar"), "later", "memory");
    assertEquals("there is a storage engine memory, built in", warning("later"));
    assertGoodWorks();
  }

  @Test
  void engineOfAnOlderSpiIsNamed() throws Exception {
    addGood();
    jars.older(plugins.resolve("bad/bad.jar"), "bad", "disk");
    assertTrue(warning("bad").contains("AbstractMethodError"), warning("bad"));
    assertTrue(warning("bad").contains("version()"), warning("bad"));
    assertGoodWorks();
  }

  @Test
  void engineForALaterJavaIsNamed() throws Exception {
    addGood();
    jars.engine(plugins.resolve("bad/bad.jar"), "bad", "disk");
    jars.needJavaOfTheFuture(plugins.resolve("bad/bad.jar"), "bad");
    assertTrue(
        warning("bad").contains("compiled by a more recent version of the Java Runtime"),
        warning("bad"));
    assertGoodWorks();
  }

  @Test
  void brokenEngineOnTheModulePathLeavesTheOthersAlone() throws Exception {
    Path services = Files.createDirectories(work.resolve("path/META-INF/services"));
    Files.writeString(services.resolve(StorageEngineProvider.class.getName()), "no.such.Provider");
    addGood();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {work.resolve("path").toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      List<String> warnings = installed().warnings();
      assertEquals(1, warnings.size(), warnings::toString);
      assertTrue(
          warnings.getFirst().startsWith("a storage engine on the module path is ignored: "),
          warnings::toString);
      assertTrue(warnings.getFirst().contains("no.such.Provider"), warnings::toString);
      assertGoodWorks();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void copyOfTheApiIsNamed() throws Exception {
    jars.engine(plugins.resolve("bad/bad.jar"), "bad", "disk");
    jars.empty(plugins.resolve("bad/api.jar"), "io.metastore.api");
    assertEquals("brings io.metastore.api, which is the server's: take it out", warning("bad"));
  }

  @Test
  void folderThatWasAskedForMustExist() {
    StartException e =
        assertThrows(
            StartException.class,
            () -> StorageEngines.installed(Optional.of(plugins.resolve("x")), "--plugins-dir=x"));
    assertEquals("--plugins-dir=x: there is no such folder", e.getMessage());
  }
}
