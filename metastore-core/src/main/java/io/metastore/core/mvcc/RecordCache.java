package io.metastore.core.mvcc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The records of the keys that were written last, so that a put over one of them need not look for
 * what it replaces in the engine: that search is a third of a put's cost on an engine with its data
 * outside the heap.
 *
 * <p>Exact, because every write goes through the one apply thread: what is in here is what CURRENT
 * holds under the running drain. Keys and records are written one after the other into chunks,
 * which are used again in turn, the oldest first: as objects, each of which outlives some
 * collections and is replaced soon after, they were most of the garbage collector's work. A record
 * that still fits is written over the one before, unless that would leave soon. Bounded by bytes;
 * keys leave with those of their chunk, and none that was among the last to be written.
 *
 * <p>Belongs to the apply thread.
 */
public final class RecordCache {
  /** Before a key and its record: the lengths of both, and the room for the record. */
  private static final int HEADER_BYTES = 3 * Integer.BYTES;

  private static final int RECORD_BYTES_AT = Integer.BYTES;
  private static final int ROOM_AT = 2 * Integer.BYTES;

  /** Room is a multiple of it: a record grows a little when its version and its revision do. */
  private static final int ROOM_STEP = 16;

  /** Stands where the entries of a chunk end, in place of the length of a key. */
  private static final int END = -1;

  /** Larger ones would drive out many small ones and gain little: copying them dominates. */
  static final int ENTRY_BYTES_MAX = 8 << 10;

  /** What no collector takes for a large object, which it would treat with more expense. */
  private static final int CHUNK_BYTES = 256 << 10;

  private static final long BYTES_MAX = 64L << 20;
  private static final int PART_OF_HEAP = 16;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final PositionTable table = new PositionTable(this::isAt);
  private final List<byte[]> chunks = new ArrayList<>();
  private final int chunksMax;
  private final int chunkBytes;

  // Where the next entry goes. The chunk after it is the oldest once all are there.
  private int chunk = -1;
  private int offset;

  /**
   * Creates an empty cache.
   *
   * @param chunksMax how many chunks it may take; 0 for none
   * @param chunkBytes size of a chunk
   */
  RecordCache(int chunksMax, int chunkBytes) {
    this.chunksMax = chunksMax;
    this.chunkBytes = chunkBytes;
  }

  /** An empty cache of at most 64 MiB, less in a small heap. */
  public static RecordCache ofDefaultSize() {
    long bytes = Math.min(BYTES_MAX, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    return new RecordCache((int) (bytes / CHUNK_BYTES), CHUNK_BYTES);
  }

  Optional<KeyRecord> find(byte[] key) {
    int position = table.find(key);
    if (position == PositionTable.NONE) {
      return Optional.empty();
    }
    byte[] from = chunks.get(position / chunkBytes);
    int at = position % chunkBytes;
    int start = at + HEADER_BYTES + keyBytes(from, at);
    return Optional.of(
        KeyRecord.decode(Arrays.copyOfRange(from, start, start + recordBytes(from, at))));
  }

  /** Notes what a key holds from now on. */
  void put(byte[] key, KeyRecord record) {
    byte[] encoded = record.encoded();
    int position = table.find(key);
    if (position != PositionTable.NONE && staysLong(position / chunkBytes)) {
      byte[] to = chunks.get(position / chunkBytes);
      int at = position % chunkBytes;
      if (encoded.length <= room(to, at)) {
        setRecord(to, at, key.length, encoded);
        return;
      }
    }
    int room = Math.ceilDiv(encoded.length, ROOM_STEP) * ROOM_STEP;
    long size = (long) HEADER_BYTES + key.length + room;
    if (size > Math.min(ENTRY_BYTES_MAX, chunkBytes) || chunksMax == 0) {
      table.remove(key);
      return;
    }
    if (chunk < 0 || offset + size > chunkBytes) {
      nextChunk();
    }
    byte[] to = chunks.get(chunk);
    INT.set(to, offset, key.length);
    INT.set(to, offset + ROOM_AT, room);
    System.arraycopy(key, 0, to, offset + HEADER_BYTES, key.length);
    setRecord(to, offset, key.length, encoded);
    table.put(key, chunk * chunkBytes + offset);
    offset += (int) size;
  }

  /** Whether at least half of the chunks will be used before this one is used again. */
  private boolean staysLong(int index) {
    return Math.floorMod(chunk - index, chunksMax) < chunksMax / 2;
  }

  private static void setRecord(byte[] to, int at, int keyBytes, byte[] encoded) {
    INT.set(to, at + RECORD_BYTES_AT, encoded.length);
    System.arraycopy(encoded, 0, to, at + HEADER_BYTES + keyBytes, encoded.length);
  }

  /** Notes that a key is gone. */
  void remove(byte[] key) {
    table.remove(key);
  }

  /** Forgets everything: what was written last did not reach the engine. */
  public void clear() {
    table.clear();
    chunks.clear();
    chunk = -1;
    offset = 0;
  }

  /** How many keys it knows. */
  int size() {
    return table.size();
  }

  /** The heap it takes for keys and records. */
  long bytes() {
    return (long) chunks.size() * chunkBytes;
  }

  private void nextChunk() {
    if (chunk >= 0 && offset + Integer.BYTES <= chunkBytes) {
      INT.set(chunks.get(chunk), offset, END);
    }
    chunk = (chunk + 1) % chunksMax;
    offset = 0;
    if (chunk == chunks.size()) {
      chunks.add(new byte[chunkBytes]);
    } else {
      forget(chunk);
    }
  }

  /** Forgets the keys that were written last into this chunk. */
  private void forget(int index) {
    byte[] from = chunks.get(index);
    int at = 0;
    while (at + HEADER_BYTES <= chunkBytes && keyBytes(from, at) != END) {
      int keyStart = at + HEADER_BYTES;
      int keyEnd = keyStart + keyBytes(from, at);
      table.removeAt(Arrays.copyOfRange(from, keyStart, keyEnd), index * chunkBytes + at);
      at = keyEnd + room(from, at);
    }
  }

  private boolean isAt(int position, byte[] key) {
    byte[] from = chunks.get(position / chunkBytes);
    int at = position % chunkBytes;
    int start = at + HEADER_BYTES;
    return keyBytes(from, at) == key.length
        && Arrays.equals(from, start, start + key.length, key, 0, key.length);
  }

  private static int keyBytes(byte[] chunk, int at) {
    return (int) INT.get(chunk, at);
  }

  private static int recordBytes(byte[] chunk, int at) {
    return (int) INT.get(chunk, at + RECORD_BYTES_AT);
  }

  private static int room(byte[] chunk, int at) {
    return (int) INT.get(chunk, at + ROOM_AT);
  }
}
