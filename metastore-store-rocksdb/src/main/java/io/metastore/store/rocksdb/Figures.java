package io.metastore.store.rocksdb;

import static java.util.Map.entry;

import io.metastore.api.storage.StorageSizes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;

/** Reads RocksDB's figures: each is kept by RocksDB anyway, so reading them is cheap. Stateless. */
final class Figures {
  // Sums over all families.
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "memtable_bytes", "rocksdb.cur-size-all-mem-tables",
          "data_file_bytes", "rocksdb.total-sst-files-size",
          "live_data_file_bytes", "rocksdb.live-sst-files-size",
          "pending_compaction_bytes", "rocksdb.estimate-pending-compaction-bytes",
          "pending_flushes", "rocksdb.mem-table-flush-pending",
          "entries_estimate", "rocksdb.estimate-num-keys",
          "table_reader_bytes", "rocksdb.estimate-table-readers-mem");

  // Of the database as a whole: a sum over families would count them once for each.
  private static final Map<String, String> DATABASE_PROPERTIES =
      Map.of(
          "running_flushes", "rocksdb.num-running-flushes",
          "running_compactions", "rocksdb.num-running-compactions",
          "background_errors", "rocksdb.background-errors",
          "open_views", "rocksdb.num-snapshots",
          "write_stopped", "rocksdb.is-write-stopped",
          "delayed_write_bytes_per_second", "rocksdb.actual-delayed-write-rate");

  private static final Map<String, TickerType> COUNTERS =
      Map.ofEntries(
          entry("block_cache_hits", TickerType.BLOCK_CACHE_HIT),
          entry("block_cache_misses", TickerType.BLOCK_CACHE_MISS),
          entry("row_cache_hits", TickerType.ROW_CACHE_HIT),
          entry("row_cache_misses", TickerType.ROW_CACHE_MISS),
          entry("bloom_filter_useful", TickerType.BLOOM_FILTER_USEFUL),
          entry("written_bytes", TickerType.BYTES_WRITTEN),
          entry("read_bytes", TickerType.BYTES_READ),
          entry("stall_micros", TickerType.STALL_MICROS),
          entry("flush_written_bytes", TickerType.FLUSH_WRITE_BYTES),
          entry("compaction_read_bytes", TickerType.COMPACT_READ_BYTES),
          entry("compaction_written_bytes", TickerType.COMPACT_WRITE_BYTES));

  private static final int LEVELS = 7;

  private Figures() {}

  static StorageSizes sizes(Database database) throws RocksDBException {
    RocksDB rocks = database.rocks();
    long memory = rocks.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables");
    long files = rocks.getAggregatedLongProperty("rocksdb.total-sst-files-size");
    long live = rocks.getAggregatedLongProperty("rocksdb.estimate-live-data-size");
    long total = memory + files;
    // The live data size is an estimate over files alone, and may be above what they take.
    return new StorageSizes(total, Math.min(total, live + memory));
  }

  // RocksDB counts files level by level, and only as text.
  private static long dataFiles(Database database) throws RocksDBException {
    long files = 0;
    for (ColumnFamilyHandle family : database.families()) {
      for (int level = 0; level < LEVELS; level++) {
        files +=
            Long.parseLong(
                database.rocks().getProperty(family, "rocksdb.num-files-at-level" + level));
      }
    }
    return files;
  }

  static Map<String, Long> statistics(Database database) throws RocksDBException {
    Map<String, Long> figures = new LinkedHashMap<>();
    RocksDB rocks = database.rocks();
    for (Map.Entry<String, String> property : PROPERTIES.entrySet()) {
      figures.put(property.getKey(), rocks.getAggregatedLongProperty(property.getValue()));
    }
    for (Map.Entry<String, String> property : DATABASE_PROPERTIES.entrySet()) {
      figures.put(property.getKey(), rocks.getLongProperty(property.getValue()));
    }
    Statistics counters = database.options().statistics();
    COUNTERS.forEach((name, ticker) -> figures.put(name, counters.getTickerCount(ticker)));
    figures.put("data_files", dataFiles(database));
    figures.put("block_cache_bytes", database.options().cache().getUsage());
    figures.put("block_cache_pinned_bytes", database.options().cache().getPinnedUsage());
    return figures;
  }
}
