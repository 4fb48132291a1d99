package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Batches that make any engine's files grow, in a process whose files may not: as on a full disk,
 * but by a limit of the process, which reaches native code too. Stateless.
 */
final class GrowingFiles {
  private static final int VALUE_BYTES = 50_000;
  private static final int FLUSH_EACH = 5;

  /** No file may be longer. */
  static final int FILE_BYTES_MAX = 1_000_000;

  private static final int BATCHES_MAX = 100;

  /**
   * An engine may divide what it has among many files, but not one value: this one fits in none.
   */
  private static final int LAST_VALUE_BYTES = 2 * FILE_BYTES_MAX;

  private GrowingFiles() {}

  /** The child's side: writes until a write fails, then looks whether the engine keeps its word. */
  static void grow(StorageEngine engine, Path directory) throws IOException {
    // The parent sets the limit and says so.
    if (System.in.read() < 0) {
      return;
    }
    int applied = 0;
    try {
      for (int n = 1; n <= BATCHES_MAX; n++) {
        engine.commit(batch(n));
        applied = n;
        Child.say(Child.COMMITTED + n);
        if (n % FLUSH_EACH == 0) {
          engine.flush();
          Child.say(Child.FLUSHED + n);
        }
      }
    } catch (StorageException e) {
      Child.say(Child.FAILED + e.getMessage());
    }
    lookAt(engine, applied);
    Path checkpoint = directory.resolveSibling("checkpoint");
    try {
      engine.checkpoint(checkpoint);
    } catch (StorageException e) {
      if (Files.exists(checkpoint)) {
        Child.say(Child.MISDEED + "a failed checkpoint is left behind");
      }
    }
    try {
      engine.close();
    } catch (StorageException e) {
      // Closed all the same.
    }
    try (StorageView view = engine.view()) {
      Child.say(Child.MISDEED + "a view of a closed engine: " + view);
    } catch (IllegalStateException e) {
      // As it must be.
    }
  }

  /** A commit that failed was not applied, not even in part; an engine may refuse to be read. */
  static void lookAt(StorageEngine engine, int applied) {
    try (StorageView view = engine.view()) {
      int count = assertWhole(view);
      if (count != applied) {
        Child.say(Child.MISDEED + "holds " + count + " batches where " + applied + " are applied");
      }
    } catch (StorageException e) {
      // It has said that it failed.
    } catch (AssertionError e) {
      Child.say(Child.MISDEED + String.valueOf(e.getMessage()).replace('\n', ' '));
    }
  }

  private static WriteBatch batch(int n) {
    WriteBatch batch = new WriteBatch();
    batch.put(Keyspace.CURRENT, key(n), value(n));
    batch.put(Keyspace.LOG, key(n), key(n));
    return batch;
  }

  // Neighbours are far apart, so that files overlap and must be merged into larger ones.
  private static byte[] key(int n) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(Integer.reverse(n)).array();
  }

  // Not to be compressed.
  private static byte[] value(int n) {
    byte[] value = new byte[n == BATCHES_MAX ? LAST_VALUE_BYTES : VALUE_BYTES];
    new Random(n).nextBytes(value);
    return value;
  }

  /** Checks that a view holds whole batches from the first on; gives their number. */
  static int assertWhole(StorageView view) {
    Set<Integer> found = new TreeSet<>();
    try (Cursor values = view.scan(Keyspace.CURRENT, KeyRange.all(), ScanDirection.FORWARD);
        Cursor keys = view.scan(Keyspace.LOG, KeyRange.all(), ScanDirection.FORWARD)) {
      while (values.next()) {
        int n = Integer.reverse(ByteBuffer.wrap(values.key()).getInt());
        found.add(n);
        assertArrayEquals(value(n), values.value(), "value of batch " + n);
        assertTrue(keys.next(), "half of batch " + n + " is missing");
        assertArrayEquals(key(n), keys.key(), "other half of batch " + n);
      }
      assertFalse(keys.next(), "half of a batch");
    }
    int count = found.size();
    assertEquals(IntStream.rangeClosed(1, count).boxed().collect(Collectors.toSet()), found);
    return count;
  }
}
