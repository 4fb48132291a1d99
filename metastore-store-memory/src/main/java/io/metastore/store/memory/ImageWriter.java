package io.metastore.store.memory;

import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes contents into an {@linkplain ImageFormat image file}. Not thread-safe. */
final class ImageWriter {
  private static final byte[] NO_NAME = new byte[0];

  private final FileOutputStream out;
  private ByteBuffer block = ByteBuffer.allocate(ImageFormat.BLOCK_BYTES);
  private byte[] name = NO_NAME;
  private int blockEntries;
  private int blocks;

  private ImageWriter(FileOutputStream out) {
    this.out = out;
  }

  /**
   * Puts an image in the place of {@code image}, in such a way that a crash leaves the old one or
   * the new one, and only the new one once this has returned. Failing, it leaves the old one.
   */
  static void write(Contents contents, Path image) throws IOException {
    Path unfinished = StoreDirectory.unfinished(image);
    boolean renamed = false;
    // A stream, not a channel: a channel would be closed by an interrupt of the calling thread.
    try {
      try (FileOutputStream out = new FileOutputStream(unfinished.toFile())) {
        new ImageWriter(out).write(contents);
        out.getFD().sync();
      }
      Files.move(
          unfinished, image, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      renamed = true;
    } finally {
      if (!renamed) {
        Files.deleteIfExists(unfinished);
      }
    }
    StoreDirectory.sync(image.getParent());
  }

  private void write(Contents contents) throws IOException {
    block.putLong(ImageFormat.MAGIC);
    flush();
    for (Keyspace keyspace : Keyspace.values()) {
      Tree tree = contents.tree(keyspace);
      begin(keyspace.name().getBytes(StandardCharsets.US_ASCII));
      TreeCursor cursor = new TreeCursor(tree, KeyRange.all(), ScanDirection.FORWARD);
      while (cursor.next()) {
        add(cursor.key(), cursor.value());
      }
      end();
    }
    begin(NO_NAME);
    block.putLong(contents.entries());
    end();
  }

  private void begin(byte[] keyspaceName) {
    name = keyspaceName;
    blockEntries = 0;
    block.position(ImageFormat.BLOCK_HEADER_BYTES);
    block.put((byte) name.length).put(name).putInt(0);
  }

  private void add(byte[] key, byte[] value) throws IOException {
    long needed = (long) ImageFormat.ENTRY_HEADER_BYTES + key.length + value.length;
    if (needed > block.remaining()) {
      end();
      begin(name);
      reserve(needed);
    }
    block.putInt(key.length).putInt(value.length).put(key).put(value);
    blockEntries++;
  }

  private void reserve(long needed) throws IOException {
    if (needed > block.remaining()) {
      long capacity = block.position() + needed;
      if (capacity > Integer.MAX_VALUE - 8) {
        throw new IOException("an entry of " + needed + " bytes is too large for an image");
      }
      block = ByteBuffer.allocate((int) capacity).put(block.flip());
    }
  }

  private void end() throws IOException {
    int body = ImageFormat.BLOCK_HEADER_BYTES;
    int length = block.position() - body;
    block.putInt(body + 1 + name.length, blockEntries);
    block.putInt(0, length);
    block.putInt(4, ImageFormat.checksum(blocks++, block.array(), body, length));
    flush();
  }

  private void flush() throws IOException {
    out.write(block.array(), 0, block.position());
    if (block.capacity() > ImageFormat.BLOCK_BYTES) {
      block = ByteBuffer.allocate(ImageFormat.BLOCK_BYTES);
    }
    block.clear();
  }
}
