package io.metastore.store.rocksdb;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes a batch in RocksDB's own serialized form, so that it crosses into native code in one call
 * instead of one for each operation.
 *
 * <p>The form (RocksDB's {@code write_batch.cc}, part of its log format and therefore stable) is a
 * sequence number (8 bytes, set by RocksDB), the number of operations (4), then each operation as a
 * tag, the family's id, the key and, for a put, the value, the last two behind their lengths. Ids
 * and lengths are varints, the two numbers little-endian.
 *
 * <p>Not thread-safe: one for each commit.
 */
final class BatchEncoder implements WriteBatch.Visitor {
  private static final int HEADER_BYTES = 12;
  private static final int COUNT_OFFSET = 8;
  // Tags for a family given by id; the default family, which has shorter ones, is not written to.
  private static final byte DELETE = 0x4;
  private static final byte PUT = 0x5;

  private final Database database;
  private final byte[] bytes;
  private int at = HEADER_BYTES;

  private BatchEncoder(Database database, byte[] bytes) {
    this.database = database;
    this.bytes = bytes;
  }

  /** The batch as RocksDB reads it. */
  static byte[] encode(WriteBatch batch, Database database) {
    // Lengths are known to the byte only when all is written, and the array must fit exactly: a
    // first walk over the batch that counts is cheaper than a copy.
    Size size = new Size(database);
    batch.forEach(size);
    if (size.bytes > Integer.MAX_VALUE - 8) {
      throw new StorageException("a batch of " + size.bytes + " bytes is too large for RocksDB");
    }
    BatchEncoder encoder = new BatchEncoder(database, new byte[(int) size.bytes]);
    ByteBuffer.wrap(encoder.bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(COUNT_OFFSET, batch.size());
    batch.forEach(encoder);
    return encoder.bytes;
  }

  @Override
  public void put(Keyspace keyspace, byte[] key, byte[] value) {
    bytes[at++] = PUT;
    varint(database.familyId(keyspace));
    append(key);
    append(value);
  }

  @Override
  public void delete(Keyspace keyspace, byte[] key) {
    bytes[at++] = DELETE;
    varint(database.familyId(keyspace));
    append(key);
  }

  private void append(byte[] content) {
    varint(content.length);
    System.arraycopy(content, 0, bytes, at, content.length);
    at += content.length;
  }

  private void varint(int number) {
    int rest = number;
    while (rest >= 0x80) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
  }

  private static final class Size implements WriteBatch.Visitor {
    private final Database database;
    private long bytes = HEADER_BYTES;

    Size(Database database) {
      this.database = database;
    }

    @Override
    public void put(Keyspace keyspace, byte[] key, byte[] value) {
      delete(keyspace, key);
      bytes += varintBytes(value.length);
      bytes += value.length;
    }

    @Override
    public void delete(Keyspace keyspace, byte[] key) {
      bytes += 1 + varintBytes(database.familyId(keyspace)) + varintBytes(key.length);
      bytes += key.length;
    }

    private static int varintBytes(int number) {
      int bits = Integer.SIZE - Integer.numberOfLeadingZeros(number | 1);
      return (bits + 6) / 7;
    }
  }
}
