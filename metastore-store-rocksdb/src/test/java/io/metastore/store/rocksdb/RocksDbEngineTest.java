package io.metastore.store.rocksdb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import io.metastore.store.memory.MemoryEngineProvider;
import io.metastore.testkit.storage.Together;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.RocksDBException;

final class RocksDbEngineTest {
  private final RocksDbEngineProvider provider = new RocksDbEngineProvider();

  @TempDir Path directory;

  private StorageEngine open() {
    return provider.open(StorageOptions.of(directory));
  }

  private String refusal() {
    return String.valueOf(assertThrows(StorageException.class, this::open).getMessage());
  }

  @Test
  void serializedBatchIsWhatRocksDbWrites() throws RocksDBException {
    WriteBatch batch = new WriteBatch();
    // Lengths on both sides of where a varint grows by a byte.
    for (int length : new int[] {0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152}) {
      batch.put(Keyspace.LOG, new byte[length % 20_000], new byte[length]);
      batch.delete(Keyspace.MEMBER, new byte[length]);
    }
    try (Database database = Database.open(directory, RocksDbSettings.of(Map.of()), true);
        var expected = new org.rocksdb.WriteBatch()) {
      batch.forEach(
          new WriteBatch.Visitor() {
            @Override
            public void put(Keyspace keyspace, byte[] key, byte[] value) {
              try {
                expected.put(database.family(keyspace), key, value);
              } catch (RocksDBException e) {
                throw new AssertionError(e);
              }
            }

            @Override
            public void delete(Keyspace keyspace, byte[] key) {
              try {
                expected.delete(database.family(keyspace), key);
              } catch (RocksDBException e) {
                throw new AssertionError(e);
              }
            }
          });
      assertArrayEquals(expected.data(), BatchEncoder.encode(batch, database));
    }
  }

  @Test
  void directoryOfTheMemoryEngineIsRefused() throws IOException {
    Files.writeString(directory.resolve("store.image"), "an image");
    assertTrue(refusal().contains("holds no store of storage engine rocksdb"), refusal());
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void storeWithoutItsMarkerIsRefused() throws IOException {
    open().close();
    Files.delete(directory.resolve("ENGINE"));
    assertTrue(refusal().contains("ENGINE is missing"), refusal());
  }

  @Test
  void storeThatLostItsFilesIsNotTakenForANewOne() throws IOException {
    open().close();
    Files.delete(directory.resolve("CURRENT"));
    assertTrue(refusal().contains(directory.toString()), refusal());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 40, 200})
  void manifestThatLostItsEndIsRefused(int bytes) throws IOException {
    try (StorageEngine engine = open()) {
      WriteBatch batch = new WriteBatch();
      batch.put(Keyspace.CURRENT, new byte[] {1}, new byte[] {2});
      engine.commit(batch);
      engine.flush();
    }
    Path manifest = manifest();
    byte[] content = Files.readAllBytes(manifest);
    Files.write(manifest, Arrays.copyOf(content, content.length - bytes));
    assertTrue(refusal().contains(manifest.getFileName() + " is damaged"), refusal());
    Files.write(manifest, content);
    open().close();
  }

  @Test
  void spaceOfWhatWasDeletedComesBackWithoutFurtherWrites() throws Exception {
    try (StorageEngine engine = open()) {
      WriteBatch puts = new WriteBatch();
      WriteBatch deletes = new WriteBatch();
      for (int i = 0; i < 1000; i++) {
        byte[] value = new byte[4096];
        new Random(i).nextBytes(value);
        puts.put(Keyspace.VERSIONS, ByteBuffer.allocate(4).putInt(i).array(), value);
        deletes.delete(Keyspace.VERSIONS, ByteBuffer.allocate(4).putInt(i).array());
      }
      engine.commit(puts);
      engine.flush();
      assertTrue(engine.sizes().totalBytes() > 4_000_000, engine.sizes().toString());
      engine.commit(deletes);
      engine.flush();
      Together.await("space comes back", () -> engine.sizes().totalBytes() < 1_000_000);
    }
  }

  private Path manifest() throws IOException {
    return directory.toRealPath().resolve(Files.readString(directory.resolve("CURRENT")).strip());
  }

  @Test
  void interruptedCreationGoesOn() throws IOException {
    Files.writeString(directory.resolve("ENGINE.new"), "");
    open().close();
    assertTrue(Files.exists(directory.resolve("ENGINE")));
    assertFalse(Files.exists(directory.resolve("ENGINE.new")));
    // Killed between the creation of the database and that of the marker.
    Files.move(directory.resolve("ENGINE"), directory.resolve("ENGINE.new"));
    open().close();
    assertTrue(Files.exists(directory.resolve("ENGINE")));
  }

  /** As a later release meets it, which has more keyspaces than the one that wrote the store. */
  @Test
  void keyspaceThatIsLackingIsCreatedEmpty() throws Exception {
    open().close();
    try (Database database = Database.open(directory, RocksDbSettings.of(Map.of()), false)) {
      database.rocks().dropColumnFamily(database.family(Keyspace.ALARM));
    }
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
  void storesOfEnginesAreNotTakenForEachOthers() throws IOException {
    StorageEngineProvider memory = new MemoryEngineProvider();
    open().close();
    assertThrows(StorageException.class, () -> memory.open(StorageOptions.of(directory)).close());
    open().close();
  }

  @Test
  void keyspaceOfALaterReleaseIsRefused() throws Exception {
    open().close();
    try (Database database = Database.open(directory, RocksDbSettings.of(Map.of()), false)) {
      database
          .rocks()
          .createColumnFamily(new ColumnFamilyDescriptor("FUTURE".getBytes(StandardCharsets.UTF_8)))
          .close();
    }
    assertTrue(refusal().contains("[FUTURE]"), refusal());
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "lz4", "zstd"})
  void everyCompressionIsInTheNativeLibrary(String compression) throws IOException {
    StorageOptions options =
        new StorageOptions(
            directory, Map.of("compression", compression, "memory-bytes", "16777216"));
    try (StorageEngine engine = provider.open(options)) {
      WriteBatch batch = new WriteBatch();
      batch.put(Keyspace.CURRENT, new byte[] {1}, new byte[100_000]);
      engine.commit(batch);
      engine.flush();
    }
    try (StorageEngine engine = provider.open(options);
        StorageView view = engine.view()) {
      assertEquals(100_000, view.get(Keyspace.CURRENT, new byte[] {1}).orElseThrow().length);
    }
  }

  @Test
  void statisticsHaveWhatAnOperatorLooksFor() {
    try (StorageEngine engine = open();
        StorageView view = engine.view()) {
      Map<String, Long> statistics = engine.statistics();
      assertTrue(
          statistics
              .keySet()
              .containsAll(
                  Set.of(
                      "block_cache_bytes",
                      "block_cache_hits",
                      "block_cache_misses",
                      "row_cache_hits",
                      "row_cache_misses",
                      "memtable_bytes",
                      "pending_compaction_bytes",
                      "running_flushes",
                      "running_compactions",
                      "data_files",
                      "background_errors")),
          statistics::toString);
      assertEquals(1L, statistics.get("open_views"));
      assertEquals(0L, statistics.get("background_errors"));
      assertTrue(view.get(Keyspace.META, new byte[0]).isEmpty());
    }
    try (StorageEngine engine = open()) {
      WriteBatch batch = new WriteBatch();
      batch.put(Keyspace.META, new byte[0], new byte[0]);
      engine.commit(batch);
      engine.flush();
      assertEquals(1L, engine.statistics().get("data_files"));
    }
  }

  @Test
  void recordsReadOneByOneAreKeptAsEachViewSeesThem() {
    byte[] key = {1};
    try (StorageEngine engine = open()) {
      commitAndFlush(engine, key, new byte[] {1});
      try (StorageView before = engine.view()) {
        commitAndFlush(engine, key, new byte[] {2});
        try (StorageView after = engine.view()) {
          for (int i = 0; i < 3; i++) {
            assertArrayEquals(new byte[] {1}, before.get(Keyspace.CURRENT, key).orElseThrow());
            assertArrayEquals(new byte[] {2}, after.get(Keyspace.CURRENT, key).orElseThrow());
          }
        }
      }
      assertTrue(figure(engine, "row_cache_hits") >= 4, () -> engine.statistics().toString());
      assertTrue(figure(engine, "row_cache_misses") >= 2, () -> engine.statistics().toString());
    }
  }

  @Test
  void noRecordIsKeptWhereNoneIsAskedFor() {
    byte[] key = {1};
    StorageOptions options = new StorageOptions(directory, Map.of("row-cache-bytes", "0"));
    try (StorageEngine engine = provider.open(options)) {
      commitAndFlush(engine, key, new byte[] {1});
      try (StorageView view = engine.view()) {
        assertTrue(view.get(Keyspace.CURRENT, key).isPresent());
        assertTrue(view.get(Keyspace.CURRENT, key).isPresent());
      }
      assertEquals(0, figure(engine, "row_cache_hits"));
    }
  }

  private static void commitAndFlush(StorageEngine engine, byte[] key, byte[] value) {
    WriteBatch batch = new WriteBatch();
    batch.put(Keyspace.CURRENT, key, value);
    engine.commit(batch);
    engine.flush();
  }

  private static long figure(StorageEngine engine, String name) {
    return Objects.requireNonNull(engine.statistics().get(name), name);
  }

  @Test
  void rocksDbsOwnLogStaysSmall() throws IOException {
    for (int i = 0; i < 5; i++) {
      open().close();
    }
    try (Stream<Path> files = Files.list(directory)) {
      long logs = files.filter(file -> file.getFileName().toString().startsWith("LOG")).count();
      assertTrue(logs <= 3, logs + " log files");
    }
    assertTrue(Files.size(directory.resolve("LOG")) < 200_000);
  }
}
