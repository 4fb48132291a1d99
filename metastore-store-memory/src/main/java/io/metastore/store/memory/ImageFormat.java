package io.metastore.store.memory;

import java.util.zip.CRC32C;

/**
 * The layout of an image file, all numbers big-endian:
 *
 * <pre>
 * file    := magic (8 bytes, with the version) block* end
 * block   := length of body (4) checksum (4) body
 * body    := keyspace name (1 + n) number of entries (4) entry*
 * entry   := key length (4) value length (4) key value
 * end     := a block whose keyspace name is empty and whose body ends with
 *            the number of entries in all blocks (8)
 * </pre>
 *
 * <p>Entries of a keyspace are in ascending order, blocks of a keyspace follow each other. The
 * checksum is the CRC32C of the block's number, counted from 0, and its body, so that a block that
 * is missing, doubled or out of place is found as well as one that is torn. An image without its
 * end was never finished.
 */
final class ImageFormat {
  /** "MSIMAGE" and the version of the format. */
  static final long MAGIC = 0x4D53494D41474501L;

  static final int BLOCK_HEADER_BYTES = 8;
  static final int ENTRY_HEADER_BYTES = 8;

  /** Blocks are cut when they reach this size; an entry larger than that has its own block. */
  static final int BLOCK_BYTES = 1 << 20;

  private ImageFormat() {}

  static int checksum(int blockNumber, byte[] block, int offset, int length) {
    CRC32C crc = new CRC32C();
    for (int shift = 24; shift >= 0; shift -= 8) {
      crc.update(blockNumber >>> shift);
    }
    crc.update(block, offset, length);
    return (int) crc.getValue();
  }
}
