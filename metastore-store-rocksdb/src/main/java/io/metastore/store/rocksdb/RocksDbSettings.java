package io.metastore.store.rocksdb;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.CompressionType;

/**
 * The engine's settings, checked.
 *
 * @param memoryBytes {@code memory-bytes}: native memory for cached blocks and records, and for
 *     commits not yet written to files, together
 * @param compression {@code compression}: of data files, but for the newest
 * @param backgroundJobs {@code background-jobs}: threads that write and merge files
 * @param writeBufferBytes {@code write-buffer-bytes}: the part of {@code memory-bytes} that commits
 *     may take before they are written to files; what they do not take is cache
 * @param rowCacheBytes {@code row-cache-bytes}: the part of {@code memory-bytes} for records that
 *     were read one by one, from files; 0 for none
 * @param blockBytes {@code block-bytes}: what is read, checked and cached at once
 * @param bloomBits {@code bloom-bits}: of the filter that spares looking for keys that are not
 *     there, for each key; 0 for no filter
 * @param openFilesMax {@code max-open-files}: data files that are held open
 */
record RocksDbSettings(
    long memoryBytes,
    CompressionType compression,
    int backgroundJobs,
    long writeBufferBytes,
    long rowCacheBytes,
    int blockBytes,
    int bloomBits,
    int openFilesMax) {
  private static final String MEMORY_BYTES = "memory-bytes";
  private static final String COMPRESSION = "compression";
  private static final String BACKGROUND_JOBS = "background-jobs";
  private static final String WRITE_BUFFER_BYTES = "write-buffer-bytes";
  private static final String ROW_CACHE_BYTES = "row-cache-bytes";
  private static final String BLOCK_BYTES = "block-bytes";
  private static final String BLOOM_BITS = "bloom-bits";
  private static final String OPEN_FILES_MAX = "max-open-files";
  private static final List<String> NAMES =
      Stream.of(
              MEMORY_BYTES,
              COMPRESSION,
              BACKGROUND_JOBS,
              WRITE_BUFFER_BYTES,
              ROW_CACHE_BYTES,
              BLOCK_BYTES,
              BLOOM_BITS,
              OPEN_FILES_MAX)
          .sorted()
          .toList();

  private static final long MEMORY_DEFAULT = 256L << 20;
  // Below that RocksDB would flush all the time.
  private static final long MEMORY_MIN = 16L << 20;
  private static final long MEMORY_MAX = 1L << 40;
  // One to flush and one to compact, or a long compaction would hold up every flush.
  private static final int JOBS_MIN = 2;
  private static final int JOBS_MAX = 64;
  // A quarter leaves most to reads, and is enough for files of a size worth writing.
  private static final int WRITE_BUFFER_SHARE = 4;
  private static final long WRITE_BUFFER_MIN = 4L << 20;
  // For records of some hundred bytes it holds more of what is read one by one than blocks would.
  private static final int ROW_CACHE_SHARE = 4;
  // Etcd's values are mostly some kilobytes: smaller blocks grow the index, larger ones reads.
  private static final int BLOCK_DEFAULT = 8 << 10;
  private static final int BLOCK_MIN = 1 << 10;
  private static final int BLOCK_MAX = 1 << 20;
  // One in a hundred lookups of a key that is not there reads a block in vain.
  private static final int BLOOM_DEFAULT = 10;
  private static final int BLOOM_MAX = 30;
  // A limit that does not grow with the store, whatever ulimit says.
  private static final int OPEN_FILES_DEFAULT = 512;
  private static final int OPEN_FILES_MIN = 64;
  private static final int OPEN_FILES_LIMIT = 1 << 20;

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
    NAMES.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown setting "
              + unknown
              + " of storage engine rocksdb: it has "
              + String.join(", ", NAMES));
    }
    int jobs = Math.clamp(Runtime.getRuntime().availableProcessors(), JOBS_MIN, 4);
    long memory = number(settings, MEMORY_BYTES, MEMORY_DEFAULT, MEMORY_MIN, MEMORY_MAX);
    long writeBuffer =
        number(
            settings,
            WRITE_BUFFER_BYTES,
            memory / WRITE_BUFFER_SHARE,
            WRITE_BUFFER_MIN,
            // Or nothing would be left for reads.
            memory / 2);
    // Or nothing would be left for blocks.
    long rowCacheMax = (memory - writeBuffer) / 2;
    return new RocksDbSettings(
        memory,
        compression(settings.getOrDefault(COMPRESSION, "lz4")),
        (int) number(settings, BACKGROUND_JOBS, jobs, JOBS_MIN, JOBS_MAX),
        writeBuffer,
        number(settings, ROW_CACHE_BYTES, memory / ROW_CACHE_SHARE, 0, rowCacheMax),
        (int) number(settings, BLOCK_BYTES, BLOCK_DEFAULT, BLOCK_MIN, BLOCK_MAX),
        (int) number(settings, BLOOM_BITS, BLOOM_DEFAULT, 0, BLOOM_MAX),
        (int)
            number(settings, OPEN_FILES_MAX, OPEN_FILES_DEFAULT, OPEN_FILES_MIN, OPEN_FILES_LIMIT));
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
