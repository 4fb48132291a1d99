package io.metastore.store.rocksdb;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.rocksdb.RocksDBException;

/**
 * Compares two ways of handing a batch to RocksDB, run by hand: one call for each operation, or its
 * serialized form in one. Argument: a directory for the database, which must not exist.
 */
public final class BatchFormBenchmark {
  private interface Form {
    void write(Database database, WriteBatch batch) throws RocksDBException;
  }

  private BatchFormBenchmark() {}

  /** Runs the comparison. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createDirectory(Path.of(args[0]));
    try (Database database = Database.open(directory, RocksDbSettings.of(Map.of()), true)) {
      for (int size : new int[] {1, 10, 100, 500}) {
        double[] calls = new double[7];
        double[] serialized = new double[7];
        // In turn, so that whatever else the machine does hits both.
        for (int i = 0; i < 7; i++) {
          calls[i] = microsPerBatch(database, size, BatchFormBenchmark::calls);
          serialized[i] = microsPerBatch(database, size, BatchFormBenchmark::serialized);
        }
        Arrays.sort(calls);
        Arrays.sort(serialized);
        System.out.printf(
            "%d puts of three operations: calls %.1f us, serialized %.1f us%n",
            size, calls[3], serialized[3]);
      }
    }
  }

  private static double microsPerBatch(Database database, int size, Form form)
      throws RocksDBException, IOException {
    Random random = new Random(1);
    byte[] value = new byte[256];
    random.nextBytes(value);
    List<WriteBatch> batches = new ArrayList<>();
    for (int b = 0; b < Math.max(20, 10_000 / size); b++) {
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < size; i++) {
        byte[] key = ByteBuffer.allocate(32).putLong(16, random.nextInt(1_000_000)).array();
        batch.put(Keyspace.CURRENT, key, value);
        batch.put(Keyspace.VERSIONS, ByteBuffer.allocate(40).put(key).putLong(b).array(), value);
        batch.put(Keyspace.LOG, ByteBuffer.allocate(8).putInt(b).putInt(i).array(), key);
      }
      batches.add(batch);
    }
    long start = cpuNanos();
    for (WriteBatch batch : batches) {
      form.write(database, batch);
    }
    return (cpuNanos() - start) / 1e3 / batches.size();
  }

  // Of this thread: the clock on the wall also counts what others do on a shared machine.
  private static long cpuNanos() throws IOException {
    return Long.parseLong(
        Files.readString(Path.of("/proc/thread-self/schedstat")).split(" ", -1)[0]);
  }

  private static void serialized(Database database, WriteBatch batch) throws RocksDBException {
    try (var encoded = new org.rocksdb.WriteBatch(BatchEncoder.encode(batch, database))) {
      database.rocks().write(database.options().write(), encoded);
    }
  }

  private static void calls(Database database, WriteBatch batch) throws RocksDBException {
    try (var built = new org.rocksdb.WriteBatch()) {
      batch.forEach(
          new WriteBatch.Visitor() {
            @Override
            public void put(Keyspace keyspace, byte[] key, byte[] value) {
              try {
                built.put(database.family(keyspace), key, value);
              } catch (RocksDBException e) {
                throw new IllegalStateException(e);
              }
            }

            @Override
            public void delete(Keyspace keyspace, byte[] key) {
              throw new IllegalStateException("no deletes here");
            }
          });
      database.rocks().write(database.options().write(), built);
    }
  }
}
