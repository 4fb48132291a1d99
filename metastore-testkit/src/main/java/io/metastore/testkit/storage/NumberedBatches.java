package io.metastore.testkit.storage;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An endless sequence of batches, each fixed by its number from 1 on. They touch several keyspaces,
 * overwrite and delete, so that a store which holds anything but a prefix of whole batches differs
 * from every {@link #after} there is. Stateless.
 */
final class NumberedBatches {
  private static final byte[] COUNTER = EngineCase.text("batches");
  private static final int HOT_KEYS = 37;
  private static final int KEPT = 200;
  private static final int PRIME = 7919;
  private static final int VALUE_BYTES_MAX = 600;

  private NumberedBatches() {}

  /** The batch with number {@code n}. */
  static WriteBatch batch(long n) {
    WriteBatch batch = new WriteBatch();
    batch.put(Keyspace.CURRENT, number(n % HOT_KEYS), value(n));
    batch.put(Keyspace.LOG, number(n), number(n % HOT_KEYS));
    if (n > HOT_KEYS) {
      batch.put(Keyspace.VERSIONS, number(n), value(n - HOT_KEYS));
    }
    if (n > KEPT) {
      batch.delete(Keyspace.LOG, number(n - KEPT));
      batch.delete(Keyspace.VERSIONS, number(n - KEPT));
    }
    batch.put(Keyspace.META, COUNTER, number(n));
    return batch;
  }

  /** What a store holds after batches 1 to {@code n}. */
  static Model after(long n) {
    Model model = new Model();
    // Earlier ones have left no trace.
    for (long i = Math.max(1, n - 2 * KEPT); i <= n; i++) {
      batch(i).forEach(model);
    }
    return model;
  }

  /** The number of the last batch that a view holds, 0 when it is empty. */
  static long count(StorageView view) {
    return view.get(Keyspace.META, COUNTER)
        .map(value -> ByteBuffer.wrap(value).getLong())
        .orElse(0L);
  }

  private static byte[] number(long n) {
    return ByteBuffer.allocate(Long.BYTES).putLong(n).array();
  }

  private static byte[] value(long n) {
    byte[] value = new byte[(int) (n * PRIME % VALUE_BYTES_MAX)];
    Arrays.fill(value, (byte) n);
    return value;
  }
}
