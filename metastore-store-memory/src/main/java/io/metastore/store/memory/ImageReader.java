package io.metastore.store.memory;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and verifies an {@linkplain ImageFormat image file}. Not thread-safe. */
final class ImageReader {
  private static final Map<String, Keyspace> KEYSPACES = new HashMap<>();

  static {
    for (Keyspace keyspace : Keyspace.values()) {
      KEYSPACES.put(keyspace.name(), keyspace);
    }
  }

  private final Path file;
  private final DataInputStream in;
  private final long fileBytes;
  private final Map<Keyspace, TreeBuilder> builders = new EnumMap<>(Keyspace.class);
  private byte[] buffer = new byte[ImageFormat.BLOCK_BYTES];
  private int blocks;
  private long entries;

  private ImageReader(Path file, FileInputStream in) throws IOException {
    this.file = file;
    // Unbuffered below: it is read in whole blocks.
    this.in = new DataInputStream(in);
    // Not by the stream's channel, which an interrupt of the calling thread would close.
    this.fileBytes = Files.size(file);
  }

  /**
   * Reads a whole image.
   *
   * @throws StorageException when the file cannot be read, or is damaged in any way
   */
  static Contents read(Path file) {
    try (FileInputStream in = new FileInputStream(file.toFile())) {
      return new ImageReader(file, in).read();
    } catch (EOFException | BufferUnderflowException e) {
      throw damaged(file, "it ends too early", e);
    } catch (IOException e) {
      throw new StorageException("cannot read " + file + " (" + e + "); check the disk", e);
    }
  }

  private Contents read() throws IOException {
    if (in.readLong() != ImageFormat.MAGIC) {
      throw damaged(file, "it does not begin like an image of this version", null);
    }
    while (readBlock()) {
      blocks++;
    }
    if (in.read() >= 0) {
      throw damaged(file, "it goes on behind its end", null);
    }
    Map<Keyspace, Tree> trees = new EnumMap<>(Keyspace.class);
    for (Keyspace keyspace : Keyspace.values()) {
      TreeBuilder builder = builders.get(keyspace);
      trees.put(keyspace, builder == null ? Tree.EMPTY : builder.build());
    }
    return new Contents(trees, 0);
  }

  // False at the end block.
  private boolean readBlock() throws IOException {
    int length = in.readInt();
    int checksum = in.readInt();
    // Before a damaged length asks for memory that is not there.
    if (length < 0 || length > fileBytes) {
      throw damaged(file, "block " + blocks + " has no possible length", null);
    }
    if (length > buffer.length) {
      buffer = new byte[length];
    }
    in.readFully(buffer, 0, length);
    if (ImageFormat.checksum(blocks, buffer, 0, length) != checksum) {
      throw damaged(file, "the checksum of block " + blocks + " does not match", null);
    }
    ByteBuffer body = ByteBuffer.wrap(buffer, 0, length);
    byte[] name = bytes(body, body.get());
    int blockEntries = body.getInt();
    if (name.length == 0) {
      checkCount(body.getLong());
      return false;
    }
    readEntries(keyspace(name), body, blockEntries);
    return true;
  }

  private void readEntries(Keyspace keyspace, ByteBuffer body, int count) {
    TreeBuilder builder = builders.computeIfAbsent(keyspace, k -> new TreeBuilder());
    for (int i = 0; i < count; i++) {
      int keyBytes = body.getInt();
      int valueBytes = body.getInt();
      if (!builder.add(bytes(body, keyBytes), bytes(body, valueBytes))) {
        throw damaged(file, "the keys of block " + blocks + " are out of order", null);
      }
    }
    if (body.hasRemaining()) {
      throw damaged(file, "block " + blocks + " holds more than its entries", null);
    }
    entries += count;
  }

  private Keyspace keyspace(byte[] name) {
    String text = new String(name, StandardCharsets.US_ASCII);
    Keyspace keyspace = KEYSPACES.get(text);
    if (keyspace == null) {
      throw new StorageException(
          file
              + " has keyspace "
              + text
              + ", which this release does not know; open it with the release that wrote it");
    }
    return keyspace;
  }

  private void checkCount(long expected) {
    if (expected != entries) {
      throw damaged(file, "it has " + entries + " entries, not " + expected, null);
    }
  }

  private static byte[] bytes(ByteBuffer from, int length) {
    if (length < 0 || length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  private static StorageException damaged(Path file, String what, @Nullable Throwable cause) {
    String message =
        file
            + " is damaged: "
            + what
            + "; replace this member by an empty one, which its peers fill, or restore a backup";
    return cause == null ? new StorageException(message) : new StorageException(message, cause);
  }
}
