package io.metastore.store.rocksdb;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.rocksdb.CompressionType;

/**
 * The engine's settings, checked.
 *
 * @param memoryBytes {@code memory-bytes}: native memory for cached blocks and for commits not yet
 *     written to files, together
 * @param compression {@code compression}: of data files, but for the newest
 * @param backgroundJobs {@code background-jobs}: threads that write and merge files
 */
record RocksDbSettings(long memoryBytes, CompressionType compression, int backgroundJobs) {
  private static final String MEMORY_BYTES = "memory-bytes";
  private static final String COMPRESSION = "compression";
  private static final String BACKGROUND_JOBS = "background-jobs";

  private static final long MEMORY_DEFAULT = 256L << 20;
  // Below that RocksDB would flush all the time.
  private static final long MEMORY_MIN = 16L << 20;
  private static final long MEMORY_MAX = 1L << 40;
  // One to flush and one to compact, or a long compaction would hold up every flush.
  private static final int JOBS_MIN = 2;
  private static final int JOBS_MAX = 64;

  private static final TreeMap<String, CompressionType> COMPRESSIONS =
      new TreeMap<>(
          Map.of(
              "none", CompressionType.NO_COMPRESSION,
              "lz4", CompressionType.LZ4_COMPRESSION,
              "zstd", CompressionType.ZSTD_COMPRESSION));

  /**
   * Reads settings by name; what is absent gets its default.
   *
   * @throws IllegalArgumentException naming the setting, its value and what is allowed
   */
  static RocksDbSettings of(Map<String, String> settings) {
    TreeSet<String> unknown = new TreeSet<>(settings.keySet());
    unknown.remove(MEMORY_BYTES);
    unknown.remove(COMPRESSION);
    unknown.remove(BACKGROUND_JOBS);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown setting "
              + unknown
              + " of storage engine rocksdb: it has "
              + String.join(", ", BACKGROUND_JOBS, COMPRESSION, MEMORY_BYTES));
    }
    int jobs = Math.clamp(Runtime.getRuntime().availableProcessors(), JOBS_MIN, 4);
    return new RocksDbSettings(
        number(settings, MEMORY_BYTES, MEMORY_DEFAULT, MEMORY_MIN, MEMORY_MAX),
        compression(settings.getOrDefault(COMPRESSION, "lz4")),
        (int) number(settings, BACKGROUND_JOBS, jobs, JOBS_MIN, JOBS_MAX));
  }

  private static long number(
      Map<String, String> settings, String name, long absent, long min, long max) {
    String text = settings.get(name);
    if (text == null) {
      return absent;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw refused(name, text, "a number from " + min + " to " + max, e);
    }
    throw refused(name, text, "a number from " + min + " to " + max, null);
  }

  private static CompressionType compression(String text) {
    CompressionType type = COMPRESSIONS.get(text);
    if (type == null) {
      throw refused(COMPRESSION, text, String.join(", ", COMPRESSIONS.keySet()), null);
    }
    return type;
  }

  private static IllegalArgumentException refused(
      String name, String value, String allowed, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "setting " + name + " of storage engine rocksdb is " + value + "; allowed: " + allowed,
        cause);
  }
}
