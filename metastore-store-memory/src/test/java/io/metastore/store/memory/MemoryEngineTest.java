package io.metastore.store.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemoryEngineTest {
  private final MemoryEngineProvider provider = new MemoryEngineProvider();

  @TempDir Path directory;

  private StorageEngine open() {
    return provider.open(StorageOptions.of(directory));
  }

  private static void put(StorageEngine engine, int n) {
    WriteBatch batch = new WriteBatch();
    batch.put(Keyspace.CURRENT, new byte[] {(byte) n}, new byte[1_000]);
    engine.commit(batch);
  }

  private String refusal() {
    return String.valueOf(assertThrows(StorageException.class, this::open).getMessage());
  }

  @Test
  void unfinishedImageIsRemovedAndTheLastOneOpened() throws IOException {
    try (StorageEngine engine = open()) {
      put(engine, 1);
      engine.flush();
    }
    Path unfinished = directory.resolve("store.image.tmp");
    Files.writeString(unfinished, "half an image");
    try (StorageEngine engine = open();
        StorageView view = engine.view()) {
      assertTrue(view.get(Keyspace.CURRENT, new byte[] {1}).isPresent());
    }
    assertFalse(Files.exists(unfinished));
  }

  @Test
  void interruptedCreationStartsAgain() throws IOException {
    Files.createFile(directory.resolve("LOCK"));
    Files.writeString(directory.resolve("store.image.tmp"), "half an image");
    open().close();
    assertTrue(Files.exists(directory.resolve("store.image")));
  }

  @Test
  void tornImageIsRefusedWithItsNameAndWhatToDo() throws IOException {
    try (StorageEngine engine = open()) {
      put(engine, 1);
      engine.flush();
    }
    Path image = directory.resolve("store.image");
    byte[] content = Files.readAllBytes(image);
    for (int length = 0; length < content.length; length += 37) {
      Files.write(image, Arrays.copyOf(content, length));
      String message = refusal();
      assertTrue(message.contains(image.toString()), message);
      assertTrue(message.contains("replace this member by an empty one"), message);
    }
  }

  @Test
  void imageOfALaterReleaseIsRefused() throws IOException {
    open().close();
    Path image = directory.resolve("store.image");
    byte[] content = Files.readAllBytes(image);
    content[7]++;
    Files.write(image, content);
    assertTrue(refusal().contains("this version"), refusal());
  }

  /** As a later release meets it, which has more keyspaces than the one that wrote the image. */
  @Test
  void keyspaceThatIsLackingIsCreatedEmpty() throws IOException {
    open().close();
    ByteBuffer image = ByteBuffer.allocate(1_000).putLong(ImageFormat.MAGIC);
    int block = 0;
    for (String name : List.of("CURRENT", "")) {
      byte[] entries = new byte[name.isEmpty() ? Long.BYTES : 0];
      byte[] body =
          ByteBuffer.allocate(1 + name.length() + Integer.BYTES + entries.length)
              .put((byte) name.length())
              .put(name.getBytes(StandardCharsets.US_ASCII))
              .putInt(0)
              .put(entries)
              .array();
      image.putInt(body.length).putInt(ImageFormat.checksum(block++, body, 0, body.length));
      image.put(body);
    }
    Files.write(StoreDirectory.image(directory), Arrays.copyOf(image.array(), image.position()));
    byte[] key = {1};
    try (StorageEngine engine = open()) {
      try (StorageView view = engine.view()) {
        assertEquals(Optional.empty(), view.get(Keyspace.ALARM, key));
      }
      WriteBatch batch = new WriteBatch();
      batch.put(Keyspace.ALARM, key, key);
      engine.commit(batch);
      engine.flush();
    }
    try (StorageEngine engine = open();
        StorageView view = engine.view()) {
      assertArrayEquals(key, view.get(Keyspace.ALARM, key).orElseThrow());
    }
  }

  @Test
  void directoryOfRocksDbIsRefused() throws IOException {
    Files.writeString(directory.resolve("ENGINE"), "rocksdb 1\n");
    Files.writeString(directory.resolve("CURRENT"), "MANIFEST-000005\n");
    assertTrue(refusal().contains("holds no store of storage engine memory"), refusal());
    assertFalse(Files.exists(directory.resolve("LOCK")), "a lock file was left");
  }

  @Test
  void flushWithoutCommitsWritesNothing() throws IOException {
    try (StorageEngine engine = open()) {
      put(engine, 1);
      engine.flush();
      Path image = directory.resolve("store.image");
      Files.delete(image);
      engine.flush();
      assertFalse(Files.exists(image));
      put(engine, 2);
      engine.flush();
      assertTrue(Files.exists(image));
    }
  }

  @Test
  void flushThatFailsSaysWhereAndCanBeRepeated() throws IOException {
    try (StorageEngine engine = open()) {
      put(engine, 1);
      // A directory in the way of the image to be written.
      Path blocker = Files.createDirectory(directory.resolve("store.image.tmp"));
      StorageException refused = assertThrows(StorageException.class, engine::flush);
      assertTrue(String.valueOf(refused.getMessage()).contains("store.image"));
      Files.deleteIfExists(blocker);
      engine.flush();
    }
    try (StorageEngine engine = open();
        StorageView view = engine.view()) {
      assertTrue(view.get(Keyspace.CURRENT, new byte[] {1}).isPresent());
    }
  }

  @Test
  void settingsAreRefusedByName() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> provider.open(new StorageOptions(directory, Map.of("memory-bytes", "1"))));
    assertTrue(String.valueOf(refused.getMessage()).contains("memory-bytes"));
  }

  @Test
  void statisticsCountEntries() {
    try (StorageEngine engine = open()) {
      put(engine, 1);
      put(engine, 2);
      assertEquals(2L, engine.statistics().get("entries"));
    }
  }
}
