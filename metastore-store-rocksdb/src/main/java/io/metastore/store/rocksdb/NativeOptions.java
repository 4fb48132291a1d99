package io.metastore.store.rocksdb;

import io.metastore.api.storage.Keyspace;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.FlushOptions;
import org.rocksdb.HistogramType;
import org.rocksdb.HyperClockCache;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RateLimiter;
import org.rocksdb.RocksObject;
import org.rocksdb.Statistics;
import org.rocksdb.StatsLevel;
import org.rocksdb.TablePropertiesCollectorFactory;
import org.rocksdb.WriteBufferManager;
import org.rocksdb.WriteOptions;

/**
 * Every option of RocksDB that differs from its default, with the reason. It owns the native
 * objects, which must outlive the database, and frees them. Not thread-safe.
 */
final class NativeOptions implements AutoCloseable {
  private static final long MIB = 1L << 20;

  // In the order of creation; freed in the reverse order.
  private final Deque<RocksObject> owned = new ArrayDeque<>();
  private final RocksDbSettings settings;
  private final Cache cache;
  private final Statistics statistics;
  private final RateLimiter fileRate;
  private final DBOptions database;
  private final Options givingSpaceBack;
  private final WriteOptions write;
  private final FlushOptions flush;

  NativeOptions(RocksDbSettings settings, boolean create) {
    this.settings = settings;
    // The cache without locks; blocks are charged by what they take (entry charge 0).
    long cacheBytes = settings.memoryBytes() - settings.rowCacheBytes();
    cache = own(new HyperClockCache(cacheBytes, 0, -1, false));
    // Counters only: histograms would cost clock reads on every operation.
    statistics = own(new Statistics(EnumSet.allOf(HistogramType.class)));
    statistics.setStatsLevel(StatsLevel.EXCEPT_DETAILED_TIMERS);
    fileRate = own(new RateLimiter(FileRate.BYTES_PER_SECOND_MIN));
    database = own(databaseOptions(create));
    givingSpaceBack = own(new Options());
    givingSpaceBack.setTablePropertiesCollectorFactory(List.of(own(manyDeletes())));
    // The Raft log is the write-ahead log.
    write = own(new WriteOptions().setDisableWAL(true));
    flush = own(new FlushOptions().setWaitForFlush(true));
  }

  // A file with so many deletes, all in all or in one stretch, is merged soon, although no level is
  // full: what they delete takes space until then, and a store at its quota writes nothing more.
  private static TablePropertiesCollectorFactory manyDeletes() {
    return TablePropertiesCollectorFactory.NewCompactOnDeletionCollectorFactory(8192, 4096, 0.3);
  }

  private DBOptions databaseOptions(boolean create) {
    // Commits wait for their flush in memory that is taken out of the cache's budget.
    WriteBufferManager buffers = own(new WriteBufferManager(settings.writeBufferBytes(), cache));
    DBOptions options = new DBOptions();
    if (settings.rowCacheBytes() > 0) {
      // Finding a record in its file, in the index and in a block costs several times as much.
      options.setRowCache(own(new LRUCache(settings.rowCacheBytes())));
    }
    return options
        .setCreateIfMissing(create)
        // A later release may have keyspaces that this store lacks.
        .setCreateMissingColumnFamilies(true)
        // Without a log of its own RocksDB must write all families up to the same commit.
        .setAtomicFlush(true)
        .setWriteBufferManager(buffers)
        // One thread commits, so neither parallel inserts nor waiting in a spin are of use.
        .setAllowConcurrentMemtableWrite(false)
        .setEnableWriteThreadAdaptiveYield(false)
        .setMaxBackgroundJobs(settings.backgroundJobs())
        .setMaxOpenFiles(settings.openFilesMax())
        .setMaxFileOpeningThreads(2)
        // Reading the figures of every file would make opening slow.
        .setSkipStatsUpdateOnDbOpen(true)
        // Closing a view or cursor must not delete files in a reader's thread.
        .setAvoidUnnecessaryBlockingIO(true)
        // Write back steadily, so that the fsync at the end of a file is short.
        .setBytesPerSync(MIB)
        // Flush and merge steadily too, at a rate that follows the commits.
        .setRateLimiter(fileRate)
        .setManifestPreallocationSize(64 << 10)
        .setMaxManifestFileSize(16 * MIB)
        .setStatistics(statistics)
        // RocksDB's own log: problems only, in two small files, never on the console.
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setKeepLogFileNum(2)
        .setMaxLogFileSize(MIB)
        // Nothing that wakes up by the clock.
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  /** Options of the family of one keyspace. */
  ColumnFamilyOptions family(Keyspace keyspace) {
    return switch (keyspace) {
      // Puts look for the key they replace, and many are new: most of those stop at the filter.
      // The hash index in the blocks spares a binary search.
      case CURRENT ->
          family(
              filtered(table()).setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash));
      // Written with every put and read seldom: merged half as often as the rest.
      case VERSIONS, LOG -> family(table()).setLevel0FileNumCompactionTrigger(8);
      // Scanned, and too small for a filter to matter.
      case META, LEASE, AUTH, ALARM, MEMBER -> family(table());
    };
  }

  private BlockBasedTableConfig filtered(BlockBasedTableConfig table) {
    return settings.bloomBits() == 0
        ? table
        : table.setFilterPolicy(own(new BloomFilter(settings.bloomBits())));
  }

  /** Options of the family that RocksDB insists on and nobody writes to. */
  ColumnFamilyOptions unusedFamily() {
    return family(table());
  }

  private BlockBasedTableConfig table() {
    return new BlockBasedTableConfig()
        .setBlockCache(cache)
        .setBlockSize(settings.blockBytes())
        // Indexes and filters count against the memory setting, but are dropped last.
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinL0FilterAndIndexBlocksInCache(true)
        // Checksums that also find a block in the wrong place, and cover the footer.
        .setFormatVersion(6);
  }

  private ColumnFamilyOptions family(BlockBasedTableConfig table) {
    return own(
        new ColumnFamilyOptions(givingSpaceBack)
            .setTableFormatConfig(table)
            // The limit on all families together decides, not one on each.
            .setWriteBufferSize(settings.writeBufferBytes())
            .setMaxWriteBufferNumber(4)
            .setCompressionPerLevel(compression())
            // Age is no reason to rewrite a file.
            .setTtl(0)
            .setPeriodicCompactionSeconds(0));
  }

  // Files of level 0 are soon merged into others: compressing them would only slow down flushes.
  private List<CompressionType> compression() {
    List<CompressionType> levels = new ArrayList<>(Collections.nCopies(7, settings.compression()));
    levels.set(0, CompressionType.NO_COMPRESSION);
    return levels;
  }

  DBOptions database() {
    return database;
  }

  WriteOptions write() {
    return write;
  }

  FlushOptions flush() {
    return flush;
  }

  Cache cache() {
    return cache;
  }

  RateLimiter fileRate() {
    return fileRate;
  }

  Statistics statistics() {
    return statistics;
  }

  private <T extends RocksObject> T own(T object) {
    owned.push(object);
    return object;
  }

  @Override
  public void close() {
    owned.forEach(RocksObject::close);
    owned.clear();
  }
}
