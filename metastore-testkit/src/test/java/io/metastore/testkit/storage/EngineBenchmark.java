package io.metastore.testkit.storage;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * Rough speed of an engine in the pattern of the apply loop, run by hand: provider class, directory
 * (which must not exist), then settings as name=value. Rates are medians of several rounds, for
 * each second of processor time of the calling thread: on a shared machine the clock on the wall
 * also counts what others do.
 */
public final class EngineBenchmark {
  private static final byte[] PREFIX = EngineCase.text("/registry/pods/000000000000");
  private static final int KEYS = 1_000_000;
  private static final int VALUE_BYTES = 256;
  private static final int ROUNDS = 5;
  private static final long ROUND_NANOS = 1_000_000_000L;

  private interface Step {
    long run();
  }

  private final Random random = new Random(1);
  private long revision;
  private long commitNanos;

  private EngineBenchmark() {}

  /** Runs the benchmark. */
  public static void main(String[] args) throws Exception {
    Class<?> type = Class.forName(args[0]);
    StorageEngineProvider provider =
        (StorageEngineProvider) type.getDeclaredConstructor().newInstance();
    Path directory = Path.of(args[1]);
    Map<String, String> settings = new HashMap<>();
    for (String setting : Arrays.asList(args).subList(2, args.length)) {
      settings.put(setting.split("=", 2)[0], setting.split("=", 2)[1]);
    }
    Files.createDirectory(directory);
    new EngineBenchmark().run(provider, new StorageOptions(directory, settings));
  }

  private void run(StorageEngineProvider provider, StorageOptions options) {
    StorageEngine engine = provider.open(options);
    long before = heap();
    long start = System.nanoTime();
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < KEYS; i++) {
      batch.put(Keyspace.CURRENT, key(i * 7_919L % KEYS), value());
      if (batch.size() == 500) {
        engine.commit(batch);
        batch.clear();
      }
    }
    engine.commit(batch);
    batch.clear();
    say("load of 1M keys, batches of 500", seconds(start), "s");
    say("heap per key", (heap() - before) / (double) KEYS, "bytes");
    start = System.nanoTime();
    engine.flush();
    say("flush of 1M keys", seconds(start), "s");
    start = System.nanoTime();
    engine.checkpoint(options.directory().resolveSibling(options.directory().getFileName() + ".c"));
    say("checkpoint of 1M keys", seconds(start), "s");
    start = System.nanoTime();
    engine.close();
    say("close", seconds(start), "s");
    start = System.nanoTime();
    engine = provider.open(options);
    say("open with 1M keys", seconds(start), "s");
    reads(engine, 1_000, "1k of 1M");
    reads(engine, KEYS, "1M");
    StorageEngine open = engine;
    median(
        "view open and close",
        () -> {
          for (int i = 0; i < 1_000; i++) {
            open.view().close();
          }
          return 1_000;
        });
    for (int size : new int[] {1, 100, 500}) {
      commitNanos = 0;
      long first = revision;
      median("puts of " + size + " in a commit, in all", () -> commit(open, batch, size));
      say("  of which in commit()", commitNanos / 1e3 / (revision - first), "us a put");
    }
    start = System.nanoTime();
    engine.flush();
    say("flush of the above", seconds(start), "s");
    say("sizes " + engine.sizes(), 0, "");
    engine.close();
  }

  // One put as the state machine makes it: a get of the old record, which moves to VERSIONS.
  private long commit(StorageEngine engine, WriteBatch batch, int size) {
    try (StorageView view = engine.view()) {
      for (int i = 0; i < size; i++) {
        byte[] key = key(random.nextInt(KEYS));
        byte[] old = view.get(Keyspace.CURRENT, key).orElseThrow();
        revision++;
        batch.put(Keyspace.CURRENT, key, value());
        batch.put(Keyspace.VERSIONS, versionKey(key), old);
        batch.put(Keyspace.LOG, number(revision), key);
      }
    }
    batch.put(Keyspace.META, EngineCase.text("applied"), number(revision));
    long start = System.nanoTime();
    engine.commit(batch);
    commitNanos += System.nanoTime() - start;
    batch.clear();
    return size;
  }

  private void reads(StorageEngine engine, int keys, String what) {
    try (StorageView view = engine.view()) {
      median(
          "gets of " + what,
          () -> {
            long found = 0;
            for (int i = 0; i < 1_000; i++) {
              found += view.get(Keyspace.CURRENT, key(random.nextInt(keys))).isPresent() ? 1 : 0;
            }
            return found;
          });
      for (ScanDirection direction : ScanDirection.values()) {
        median(
            direction + " scan of 100, keys and values",
            () -> {
              KeyRange range = KeyRange.from(key(random.nextInt(keys / 2) + keys / 4));
              long found = 0;
              try (Cursor cursor = view.scan(Keyspace.CURRENT, range, direction)) {
                while (found < 100 && cursor.next()) {
                  found += cursor.key().length > 0 && cursor.value().length > 0 ? 1 : 0;
                }
              }
              return found;
            });
      }
    }
  }

  private static void median(String what, Step step) {
    double[] rates = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long done = 0;
      long start = System.nanoTime();
      long cpuStart = cpuNanos();
      while (System.nanoTime() - start < ROUND_NANOS) {
        done += step.run();
      }
      rates[round] = done * 1e9 / (cpuNanos() - cpuStart);
    }
    Arrays.sort(rates);
    say(what, rates[ROUNDS / 2], "/s");
  }

  private static byte[] key(long n) {
    byte[] key = PREFIX.clone();
    long rest = n;
    for (int i = key.length - 1; rest > 0; i--) {
      key[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return key;
  }

  private byte[] versionKey(byte[] key) {
    return ByteBuffer.allocate(key.length + Long.BYTES).put(key).putLong(revision).array();
  }

  private static byte[] number(long n) {
    return ByteBuffer.allocate(Long.BYTES).putLong(n).array();
  }

  // Half of it compresses, as metadata do.
  private byte[] value() {
    byte[] value = new byte[VALUE_BYTES];
    for (int i = 0; i < VALUE_BYTES / 2; i += 4) {
      int word = random.nextInt();
      value[i] = (byte) word;
      value[i + 1] = (byte) (word >> 8);
      value[i + 2] = (byte) (word >> 16);
      value[i + 3] = (byte) (word >> 24);
    }
    return value;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static long heap() {
    Runtime runtime = Runtime.getRuntime();
    System.gc();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static long cpuNanos() {
    try {
      String stat = Files.readString(Path.of("/proc/thread-self/schedstat"));
      return Long.parseLong(stat.split(" ", -1)[0]);
    } catch (IOException e) {
      return System.nanoTime();
    }
  }

  private static void say(String what, double figure, String unit) {
    System.out.printf("%-40s %,14.3f %s%n", what, figure, unit);
  }
}
