package io.metastore.core.mvcc;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many operations on keys this member has done since it started, each of a transaction's too.
 * What a member applies again after a restart counts again; what it reads by itself, for a compare
 * say, does not count.
 *
 * <p>Thread-safe; counting is one addition. Source: etcd {@code
 * server/storage/mvcc/metrics_txn.go}.
 */
public final class OperationCounts {
  private final LongAdder ranges = new LongAdder();
  private final LongAdder puts = new LongAdder();
  private final LongAdder putBytes = new LongAdder();
  private final LongAdder deletes = new LongAdder();
  private final LongAdder txns = new LongAdder();

  /** Ranges were read, all of them at once: more than one are a transaction. */
  public void read(int count) {
    ranges.add(count);
    command(count);
  }

  void range() {
    ranges.increment();
  }

  /** A key was written, with this many bytes of key and value. */
  void put(long bytes) {
    puts.increment();
    putBytes.add(bytes);
  }

  void delete() {
    deletes.increment();
  }

  /** A command of so many operations came to its end. */
  void command(int operations) {
    if (operations > 1) {
      txns.increment();
    }
  }

  /** The counts for metrics, by name. */
  public Map<String, Long> statistics() {
    return Map.of(
        "ranges", ranges.sum(),
        "puts", puts.sum(),
        "put_bytes", putBytes.sum(),
        "deletes", deletes.sum(),
        "txns", txns.sum());
  }
}
