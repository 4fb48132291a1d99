package io.metastore.store.memory;

import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.ScanDirection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the tree with the JDK's concurrent sorted map, which has no views, run by hand. Times
 * are processor time of the thread, medians of five rounds.
 */
public final class SkipListComparison {
  private static final int KEYS = 1_000_000;
  private static final int ROUNDS = 5;
  private static final byte[] VALUE = new byte[256];

  private final Random random = new Random(1);
  private final byte[][] keys = new byte[KEYS][];
  private final ConcurrentSkipListMap<byte[], byte[]> map =
      new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
  private Tree tree = Tree.EMPTY;
  private long edits;

  private SkipListComparison() {
    for (int i = 0; i < KEYS; i++) {
      keys[i] = ByteBuffer.allocate(24).putInt(16, (int) (i * 7_919L % KEYS)).array();
    }
  }

  /** Runs the comparison. */
  public static void main(String[] args) throws IOException {
    new SkipListComparison().run();
  }

  private void run() throws IOException {
    long before = heap();
    putAll(500);
    long withTree = heap();
    for (byte[] key : keys) {
      map.put(key, VALUE);
    }
    long withBoth = heap();
    System.out.printf(
        "heap for a key beside its arrays: tree %d, skip list %d bytes%n",
        (withTree - before) / KEYS, (withBoth - withTree) / KEYS);
    int some = 200_000;
    compare("put in batches of 1", some, () -> puts(some, 1), () -> mapPuts(some));
    compare("put in batches of 100", some, () -> puts(some, 100), () -> mapPuts(some));
    compare("put in batches of 500", some, () -> puts(some, 500), () -> mapPuts(some));
    compare(
        "get",
        some,
        () -> IntStream.range(0, some).forEach(i -> found(tree.find(key()))),
        () -> IntStream.range(0, some).forEach(i -> found(map.get(key()))));
    compare("scanned entry", KEYS, this::scan, this::mapScan);
  }

  private byte[] key() {
    return keys[random.nextInt(KEYS)];
  }

  private static void found(byte @Nullable [] value) {
    if (value == null) {
      throw new IllegalStateException("a key is lost");
    }
  }

  private void putAll(int batch) {
    for (int i = 0; i < KEYS; i += batch) {
      TreeEdit edit = new TreeEdit(tree, ++edits);
      for (int j = i; j < i + batch; j++) {
        edit.put(keys[j], VALUE);
      }
      tree = edit.done();
    }
  }

  private void puts(int count, int batch) {
    for (int i = 0; i < count; i += batch) {
      TreeEdit edit = new TreeEdit(tree, ++edits);
      for (int j = 0; j < batch; j++) {
        edit.put(key(), VALUE);
      }
      tree = edit.done();
    }
  }

  private void mapPuts(int count) {
    for (int i = 0; i < count; i++) {
      found(map.put(key(), VALUE));
    }
  }

  private void scan() {
    TreeCursor cursor = new TreeCursor(tree, KeyRange.all(), ScanDirection.FORWARD);
    while (cursor.next()) {
      found(cursor.key());
      found(cursor.value());
    }
  }

  private void mapScan() {
    for (Map.Entry<byte[], byte[]> entry : map.entrySet()) {
      found(entry.getKey());
      found(entry.getValue());
    }
  }

  private static void compare(String what, int operations, Runnable tree, Runnable map)
      throws IOException {
    System.out.printf(
        "%-24s tree %,7.0f ns, skip list %,7.0f ns%n",
        what, nanos(tree) / operations, nanos(map) / operations);
  }

  private static double nanos(Runnable step) throws IOException {
    double[] rounds = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long start = cpuNanos();
      step.run();
      rounds[i] = cpuNanos() - start;
    }
    Arrays.sort(rounds);
    return rounds[ROUNDS / 2];
  }

  private static long cpuNanos() throws IOException {
    return Long.parseLong(
        Files.readString(Path.of("/proc/thread-self/schedstat")).split(" ", -1)[0]);
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
