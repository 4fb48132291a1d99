package io.metastore.app;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import io.metastore.raft.InstalledEngines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether an engine works here: with this Java, this machine's libraries, this disk. Not whether it
 * keeps all promises, which is for the contract kit to say. Stateless.
 */
public final class EngineCheck {
  private static final byte[] KEY = "key".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VALUE = "value".getBytes(StandardCharsets.US_ASCII);

  private EngineCheck() {}

  /**
   * Makes a store in a temporary directory, writes, flushes, opens it again and reads.
   *
   * @return why the engine does not work, in one line; empty when it does
   * @throws IOException when there can be no temporary directory
   */
  public static Optional<String> failure(StorageEngineProvider provider) throws IOException {
    Path directory = Files.createTempDirectory("metastore-engine-check-");
    try {
      StorageOptions options = StorageOptions.of(Files.createDirectory(directory.resolve("store")));
      try (StorageEngine engine = provider.open(options)) {
        WriteBatch batch = new WriteBatch();
        batch.put(Keyspace.CURRENT, KEY, VALUE);
        engine.commit(batch);
        checkHolds(engine);
        engine.flush();
      }
      try (StorageEngine engine = provider.open(options)) {
        checkHolds(engine);
      }
      return Optional.empty();
    } catch (LinkageError | RuntimeException e) {
      // A stranger's code, which may throw anything.
      return Optional.of(InstalledEngines.reason(e));
    } finally {
      delete(directory);
    }
  }

  private static void checkHolds(StorageEngine engine) {
    try (StorageView view = engine.view()) {
      Optional<byte[]> value = view.get(Keyspace.CURRENT, KEY);
      if (value.isEmpty() || !Arrays.equals(value.get(), VALUE)) {
        throw new StorageException("what was committed is not read back");
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    }
  }
}
