package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.WriteBatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What the parts of the contract share: a directory, engines that are closed afterwards. */
abstract class EngineCase {
  @TempDir Path temp;

  private final List<StorageEngine> opened = new ArrayList<>();

  abstract StorageEngineProvider provider();

  boolean isData(Path file) {
    return true;
  }

  Map<String, String> badSettings() {
    return Map.of();
  }

  @BeforeEach
  final void createDirectory() throws IOException {
    Files.createDirectory(directory());
  }

  @AfterEach
  final void closeEngines() {
    opened.forEach(StorageEngine::close);
  }

  /** The directory of the engine that most tests use; it exists and is empty at first. */
  final Path directory() {
    return temp.resolve("store");
  }

  final StorageEngine open() {
    return open(directory());
  }

  final StorageEngine open(Path directory) {
    StorageEngine engine = provider().open(StorageOptions.of(directory));
    opened.add(engine);
    return engine;
  }

  static void commit(StorageEngine engine, Consumer<WriteBatch> operations) {
    WriteBatch batch = new WriteBatch();
    operations.accept(batch);
    engine.commit(batch);
  }

  /** Commits numbered batches {@code first} to {@code last}, both included. */
  static void commitNumbered(StorageEngine engine, long first, long last) {
    for (long n = first; n <= last; n++) {
      engine.commit(NumberedBatches.batch(n));
    }
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String hex(byte[] bytes) {
    return bytes.length > 64
        ? HexFormat.of().formatHex(bytes, 0, 64) + "… (" + bytes.length + " bytes)"
        : HexFormat.of().formatHex(bytes);
  }

  /** Checks that a storage failure names a path in one line, as an operator needs it. */
  static void assertRefused(Path named, Executable call) {
    String message = String.valueOf(assertThrows(StorageException.class, call).getMessage());
    assertTrue(
        message.contains(named.toString()), "message does not name " + named + ": " + message);
    assertFalse(message.contains("\n"), "message has more than one line: " + message);
  }

  /** Every file under a directory with its content; empty when there is no such directory. */
  static Map<String, String> files(Path directory, Predicate<Path> which) throws IOException {
    Map<String, String> files = new TreeMap<>();
    if (!Files.exists(directory)) {
      return files;
    }
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path file : walk.filter(Files::isRegularFile).filter(which).toList()) {
        byte[] content = Files.readAllBytes(file);
        files.put(
            directory.relativize(file).toString(),
            content.length
                + " bytes, "
                + Arrays.hashCode(content)
                + Base64.getEncoder().encodeToString(Arrays.copyOf(content, 16)));
      }
    }
    return files;
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> walk = Files.walk(from)) {
      for (Path file : walk.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> walk = Files.walk(directory)) {
        for (Path file : walk.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
