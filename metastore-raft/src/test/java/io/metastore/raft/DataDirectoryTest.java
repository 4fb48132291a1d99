package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DataDirectoryTest {
  private static final DataDirectory.Identity OWN = identity(0xF1, 0xF2, "n1", "memory");

  @TempDir Path temp;
  private Path path;

  @BeforeEach
  void name() {
    path = temp.resolve("data");
  }

  private static DataDirectory.Identity identity(
      long cluster, long member, String name, String storage) {
    return new DataDirectory.Identity(
        cluster, member, name, storage, Map.of(member, "127.0.0.1:2380", 7L, "[::1]:2380"), false);
  }

  private String refused(DataDirectory.Identity identity) {
    return refused(path, identity);
  }

  private static String refused(Path path, DataDirectory.Identity identity) {
    StartException thrown =
        assertThrows(StartException.class, () -> DataDirectory.open(path, identity));
    String message = String.valueOf(thrown.getMessage());
    assertFalse(message.contains("Exception"), message);
    assertTrue(message.contains(path.toString()), message);
    assertFalse(message.contains("\n"), message);
    return message;
  }

  private static void assertContains(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "no \"" + part + "\" in: " + message);
    }
  }

  private void openAndClose(DataDirectory.Identity identity) throws Exception {
    DataDirectory.open(path, identity).close();
  }

  private static Map<String, String> contents(Path directory) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(directory.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }

  @Test
  void aMissingDirectoryIsMadeWithItsParents() throws Exception {
    path = temp.resolve("a/b/c");
    openAndClose(OWN);
    openAndClose(OWN);
  }

  @Test
  void closingTwiceDoesNotLetGoOfALaterHolder() throws Exception {
    DataDirectory first = DataDirectory.open(path, OWN);
    first.close();
    try (DataDirectory second = DataDirectory.open(path, OWN)) {
      first.close();
      assertContains(refused(OWN), "in use");
      assertTrue(Files.isDirectory(second.store()));
    }
  }

  @Test
  void aDirectoryInUseIsRefusedUntilItIsClosed() throws Exception {
    try (DataDirectory held = DataDirectory.open(path, OWN)) {
      assertTrue(Files.isDirectory(held.store()));
      assertContains(refused(OWN), "in use", "stop it");
      assertContains(refused(temp.resolve("x/../data").normalize(), OWN), "in use");
    }
    openAndClose(OWN);
  }

  @Test
  void aSymbolicLinkIsTheSameDirectory() throws Exception {
    try (DataDirectory held = DataDirectory.open(path, OWN)) {
      Path link = Files.createSymbolicLink(temp.resolve("link"), path);
      assertContains(refused(link, OWN), "in use");
      assertTrue(Files.isDirectory(held.store()));
    }
  }

  @Test
  void aRefusedOpenDoesNotReleaseTheLockOfTheHolder() throws Exception {
    Path locks = Path.of("/proc/locks");
    assumeTrue(Files.exists(locks), "only Linux shows its locks");
    try (DataDirectory held = DataDirectory.open(path, OWN)) {
      assertTrue(Files.isDirectory(held.store()));
      String lock = ":" + Files.getAttribute(path.resolve("lock"), "unix:ino") + " ";
      assertTrue(Files.readString(locks).contains(lock), "no lock was taken");
      assertContains(refused(OWN), "in use");
      assertTrue(Files.readString(locks).contains(lock), "another process could open it now");
    }
  }

  @Test
  void foreignContentIsRefusedAndLeftAsItIs() throws Exception {
    Files.createDirectories(path);
    Files.writeString(path.resolve("letter.txt"), "dear");
    Map<String, String> before = contents(path);
    assertContains(refused(OWN), "not empty", "letter.txt", "name an empty or new directory");
    assertEquals(before, contents(path));
  }

  @Test
  void aDirectoryOfAnotherMemberNameEngineOrClusterIsRefused() throws Exception {
    openAndClose(OWN);
    Map<String, String> before = contents(path);
    assertContains(
        refused(identity(0xF1, 0xF2, "n2", "memory")), "name=n2: ", "belongs to member n1");
    assertContains(
        refused(identity(0xF1, 0xF2, "n1", "rocksdb")),
        "storage=rocksdb: ",
        "was made by engine memory");
    assertContains(
        refused(identity(0xF1, 0xF3, "n1", "memory")),
        "f2, not to f3",
        "initial-advertise-peer-urls");
    assertContains(
        refused(identity(0xF4, 0xF2, "n1", "memory")), "f1, not to f4", "initial-cluster");
    assertEquals(before, contents(path));
    openAndClose(OWN);
  }

  @Test
  void unsignedIdsComeBack() throws Exception {
    openAndClose(identity(-1, Long.MIN_VALUE, "n1", "memory"));
    openAndClose(identity(-1, Long.MIN_VALUE, "n1", "memory"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"back\\slash", " blank ", "a=b:c#!", "t\tn\nf\fr\r", "größe\u2603", "\\u0041"})
  void everyNameComesBack(String name) throws Exception {
    openAndClose(identity(1, 2, name, "memory"));
    openAndClose(identity(1, 2, name, "memory"));
  }

  @Test
  void aFirstStartThatEndedBeforeTheIdentityWasWrittenIsNoObstacle() throws Exception {
    Files.createDirectories(path);
    Files.writeString(path.resolve("lock"), "");
    Files.writeString(path.resolve("identity.tmp"), "format=1\nclus");
    openAndClose(OWN);
    openAndClose(OWN);
  }

  @Test
  void aDamagedIdentityIsRefusedAndKept() throws Exception {
    openAndClose(OWN);
    Path file = path.resolve("identity");
    for (byte[] damaged :
        List.of(
            new byte[0],
            "format=1\ncluster-id=zz\n".getBytes(StandardCharsets.UTF_8),
            "format=1\n".getBytes(StandardCharsets.UTF_8),
            "format=1\nname=\\u00".getBytes(StandardCharsets.UTF_8),
            "\0\0\0\0".getBytes(StandardCharsets.UTF_8),
            new byte[] {(byte) 0xFF, (byte) 0xFE, 0})) {
      Files.write(file, damaged);
      assertContains(refused(OWN), "identity", "damaged", "restore");
      assertEquals(damaged.length, Files.size(file));
    }
  }

  @Test
  void aLaterFormatIsRefused() throws Exception {
    openAndClose(OWN);
    Files.writeString(path.resolve("identity"), "format=2\n");
    assertContains(refused(OWN), "format 2", "format 1");
  }

  @Test
  void aPathThatCannotBeADirectoryIsRefused() throws Exception {
    Path file = Files.writeString(temp.resolve("file"), "text");
    refused(file, OWN);
    refused(file.resolve("below"), OWN);
    assertEquals("text", Files.readString(file));
  }

  @Test
  void undoLeavesNothingOfAStartThatWasRefused() throws Exception {
    try (DataDirectory directory = DataDirectory.open(path, OWN)) {
      Files.writeString(directory.store().resolve("file"), "of an engine");
      directory.undo();
    }
    assertFalse(Files.exists(path));
    Files.createDirectory(path);
    try (DataDirectory directory = DataDirectory.open(path, OWN)) {
      directory.undo();
    }
    try (Stream<Path> left = Files.list(path)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void undoLeavesADirectoryThatHadAnOwner() throws Exception {
    openAndClose(OWN);
    try (DataDirectory directory = DataDirectory.open(path, OWN)) {
      directory.undo();
    }
    assertTrue(DataDirectory.holdsMember(path));
    openAndClose(OWN);
  }
}
