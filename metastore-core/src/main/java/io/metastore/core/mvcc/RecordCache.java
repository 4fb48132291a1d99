package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The records of the keys that were written last, so that a put over one of them need not look for
 * what it replaces in the engine: that search is a third of a put's cost on an engine with its data
 * outside the heap.
 *
 * <p>Exact, because every write goes through the one apply thread: what is in here is what CURRENT
 * holds under the running drain. Bounded by bytes; the key that was not written for the longest
 * time leaves first.
 *
 * <p>Belongs to the apply thread.
 */
public final class RecordCache {
  /** What an entry takes beside the bytes of its key and record: objects, headers, table slot. */
  static final int ENTRY_BYTES = 200;

  /** Larger records would drive out many small ones and gain little: copying them dominates. */
  static final int RECORD_BYTES_MAX = 8 << 10;

  private static final long BYTES_MAX = 64L << 20;
  private static final int PART_OF_HEAP = 16;

  private final Map<ByteString, KeyRecord> records = new LinkedHashMap<>();
  private final long bytesMax;
  private long bytes;

  /**
   * Creates an empty cache.
   *
   * @param bytesMax the heap it may take, about; 0 for none
   */
  RecordCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** An empty cache of at most 64 MiB, less in a small heap. */
  public static RecordCache ofDefaultSize() {
    return new RecordCache(Math.min(BYTES_MAX, Runtime.getRuntime().maxMemory() / PART_OF_HEAP));
  }

  Optional<KeyRecord> find(byte[] key) {
    return Optional.ofNullable(records.get(MvccWriter.wrap(key)));
  }

  /** Notes what a key holds from now on; the arrays are kept and must not change. */
  void put(byte[] key, KeyRecord record) {
    ByteString wrapped = MvccWriter.wrap(key);
    removeByKey(wrapped);
    if (record.encoded().length > RECORD_BYTES_MAX) {
      return;
    }
    records.put(wrapped, record);
    bytes += weight(wrapped, record);
    while (bytes > bytesMax) {
      removeByKey(records.keySet().iterator().next());
    }
  }

  /** Notes that a key is gone. */
  void remove(byte[] key) {
    removeByKey(MvccWriter.wrap(key));
  }

  private void removeByKey(ByteString key) {
    KeyRecord removed = records.remove(key);
    if (removed != null) {
      bytes -= weight(key, removed);
    }
  }

  /** Forgets everything: what was written last did not reach the engine. */
  public void clear() {
    records.clear();
    bytes = 0;
  }

  private static long weight(ByteString key, KeyRecord record) {
    return (long) ENTRY_BYTES + key.size() + record.encoded().length;
  }

  /** The heap it takes, about. */
  long bytes() {
    return bytes;
  }
}
