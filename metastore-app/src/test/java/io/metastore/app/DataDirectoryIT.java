package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Starts on a data directory that cannot be used or was damaged. Servers that were stopped and
 * killed in the beginning leave data, of which each test takes a copy.
 */
final class DataDirectoryIT {
  private static final int KEYS = 20;

  /** How the data came about. */
  enum Origin {
    MEMORY,
    ROCKSDB;

    String flag() {
      return "--storage=" + name().toLowerCase(Locale.ROOT);
    }
  }

  @TempDir private static Path origins;
  @TempDir private Path folder;

  @BeforeAll
  static void makeData() throws Exception {
    for (Origin origin : Origin.values()) {
      Path made = Files.createDirectory(origins.resolve(origin.name()));
      try (ServerProcess server = ServerProcess.start(made, origin.flag());
          TestClient client = TestClient.of(server)) {
        for (int i = 0; i < KEYS; i++) {
          client.put("k" + i, "v" + i);
        }
        server.kill();
      }
    }
  }

  /** Makes this test's folder a copy of one in which a server has run. */
  private void take(Origin origin) throws IOException {
    try (Stream<Path> paths = Files.list(origins.resolve(origin.name()))) {
      for (Path path : paths.toList()) {
        Tree.copy(path, folder.resolve(path.getFileName()));
      }
    }
  }

  /** Starts a server that is to refuse, without any change to the data, and gives what it says. */
  private String refusal(String... flags) throws Exception {
    Path data = folder.resolve("data");
    Map<String, String> before = Tree.contents(data);
    try (ServerProcess server = ServerProcess.launch(folder, FreePorts.next(), Map.of(), flags)) {
      assertEquals(2, server.exitCode(), server.errors());
      assertEquals("", server.output());
      assertEquals(1, server.errors().lines().count(), server.errors());
      assertEquals(before, Tree.contents(data));
      return server.errors().strip().replace(folder.toString(), "FOLDER");
    }
  }

  private void assertDataIsThere(Origin origin, String... flags) throws Exception {
    String[] all =
        Stream.concat(Stream.of(origin.flag()), Arrays.stream(flags)).toArray(String[]::new);
    try (ServerProcess server = ServerProcess.start(folder, all);
        TestClient client = TestClient.of(server)) {
      for (int i = 0; i < KEYS; i++) {
        assertEquals(Optional.of("v" + i), client.value("k" + i));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--name=other|belongs to member default: use that name, or another data directory",
        "--storage=rocksdb|was made by engine memory: use that one, or another data directory",
      })
  void directoryOfAnotherIsRefused(String flag, String ending) throws Exception {
    take(Origin.MEMORY);
    assertEquals(
        "metastore: " + flag + ": FOLDER/data " + ending, refusal(Origin.MEMORY.flag(), flag));
  }

  /** As in etcd: a directory knows its cluster, and flags that would found another are ignored. */
  @Test
  void directoryStaysWithTheClusterThatItWasFoundedFor() throws Exception {
    take(Origin.MEMORY);
    assertDataIsThere(Origin.MEMORY, "--initial-cluster-token=other");
  }

  @Test
  void foreignFilesAreLeftAlone() throws Exception {
    Files.createDirectory(folder.resolve("data"));
    Files.writeString(folder.resolve("data/thesis.tex"), "\\begin{document}");
    assertEquals(
        "metastore: --data-dir=FOLDER/data: is not empty and holds no MetaStore data (thesis.tex):"
            + " name an empty or new directory",
        refusal());
  }

  @Test
  void fileInPlaceOfADirectoryIsRefused() throws Exception {
    Files.writeString(folder.resolve("data"), "text");
    assertEquals(
        "metastore: --data-dir=FOLDER/data: is a file, not a directory: name an empty or new"
            + " directory",
        refusal());
  }

  @Test
  void directoryThatCannotBeMadeIsRefused() throws Exception {
    Files.createDirectory(folder.resolve("data"));
    String line = refusal("--data-dir=/proc/metastore");
    assertEquals(
        "metastore: --data-dir=/proc/metastore: cannot be made (/proc/metastore: there is no such"
            + " file or folder)",
        line);
  }

  /** Root may write to any directory, but not to a read-only mount. */
  @Test
  void directoryThatCannotBeWrittenToIsRefused() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("r-xr-xr-x"));
    String[] command = Command.metastore("serve", "--data-dir=" + data);
    if (Files.isWritable(data)) {
      String mountsReadOnly =
          "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
      String[] mounting = {"unshare", "--mount", "sh", "-c", mountsReadOnly, data.toString()};
      Command probe = run(mounting, "true");
      assumeTrue(probe.exitCode() == 0, "needs a mount of its own: " + probe.errors());
      assertRefusedAsUnwritable(run(mounting, command));
    } else {
      assertRefusedAsUnwritable(run(command));
    }
  }

  private Command run(String[] command, String... arguments) throws Exception {
    return Command.run(
        folder,
        Map.of(),
        Stream.of(command, arguments).flatMap(Arrays::stream).toArray(String[]::new));
  }

  private void assertRefusedAsUnwritable(Command serve) {
    assertEquals(2, serve.exitCode(), serve::toString);
    assertEquals("", serve.output());
    assertEquals(
        "metastore: --data-dir=FOLDER/data: cannot be written to: check its permissions\n",
        serve.errors().replace(folder.toString(), "FOLDER"));
  }

  @Test
  void damagedIdentityIsRefused() throws Exception {
    take(Origin.MEMORY);
    Files.writeString(folder.resolve("data/identity"), "\0\0\0\0");
    assertEquals(
        "metastore: --data-dir=FOLDER/data: FOLDER/data/identity is damaged: restore it from a"
            + " backup",
        refusal(Origin.MEMORY.flag()));
  }

  @Test
  void unknownEngineNamesThoseThatAreInstalled() throws Exception {
    take(Origin.MEMORY);
    assertEquals(
        "metastore: --storage=tape: there is no such storage engine; installed: memory (built in),"
            + " rocksdb (built in)",
        refusal("--storage=tape"));
  }

  @ParameterizedTest
  @EnumSource
  void missingLogIsRefused(Origin origin) throws Exception {
    take(origin);
    Files.move(folder.resolve("data/log"), folder.resolve("log"));
    assertEquals(
        "metastore: --data-dir=FOLDER/data: the log FOLDER/data/log is missing:"
            + " restore the directory from a backup",
        refusal(origin.flag()));
    Files.move(folder.resolve("log"), folder.resolve("data/log"));
    assertDataIsThere(origin);
  }

  /**
   * Garbage behind the last whole record is what a power failure in the middle of a write leaves.
   */
  @ParameterizedTest
  @EnumSource
  void tornLastRecordOfTheLogIsDropped(Origin origin) throws Exception {
    take(origin);
    RaftLogFile.tear(openSegment());
    assertDataIsThere(origin);
  }

  private Path openSegment() throws IOException {
    try (Stream<Path> paths = Files.walk(folder.resolve("data/log"))) {
      return paths
          .filter(path -> path.getFileName().toString().startsWith("log_inprogress"))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void directoryAndPortsInUseAreRefusedAndTheirOwnerServesOn() throws Exception {
    try (ServerProcess owner = ServerProcess.start(folder, Origin.MEMORY.flag());
        TestClient client = TestClient.of(owner)) {
      client.put("a", "1");
      Path other = Files.createDirectory(folder.resolve("other"));
      try (ServerProcess second =
          ServerProcess.launch(
              other,
              FreePorts.next(),
              Map.of(),
              "--data-dir=" + folder.resolve("data"),
              Origin.MEMORY.flag())) {
        assertEquals(2, second.exitCode());
        assertEquals(
            "metastore: --data-dir="
                + folder.resolve("data")
                + ": is in use by another running node: stop it or name another directory\n",
            second.errors());
      }
      assertPortInUseIsRefused(owner);
      client.put("a", "2");
      assertEquals(Optional.of("2"), client.value("a"));
    }
  }

  private void assertPortInUseIsRefused(ServerProcess owner) throws Exception {
    Path other = Files.createDirectory(folder.resolve("third"));
    String peer = "--listen-peer-urls=http://127.0.0.1:" + ServerProcess.peerPort(folder);
    String client = "--listen-client-urls=http://" + owner.endpoint();
    for (String flag : List.of(peer, client)) {
      try (ServerProcess second = ServerProcess.launch(other, FreePorts.next(), Map.of(), flag)) {
        assertEquals(2, second.exitCode());
        assertEquals(
            "metastore: "
                + flag
                + ": the address is in use; stop what listens there, or choose another port\n",
            second.errors());
        assertEquals("", second.output());
        assertTrue(Files.notExists(other.resolve("data")), "data were made");
      }
    }
  }
}
