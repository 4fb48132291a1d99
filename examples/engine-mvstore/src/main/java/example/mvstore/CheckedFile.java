package example.mvstore;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.h2.store.fs.FileBaseDefault;

/**
 * A file in blocks that each carry a checksum over their content and their place: MVStore itself
 * would not notice a changed byte of a value. And a thread that is interrupted while it reads does
 * not close it, as it would a channel of the JDK. Thread-safe: guarded by its own monitor, because
 * that is what the base class holds when it truncates.
 */
final class CheckedFile extends FileBaseDefault {
  /** MVStore writes whole blocks of this size. */
  private static final int BLOCK_BYTES = 4096;

  private static final int STORED_BYTES = BLOCK_BYTES + Integer.BYTES;

  private final Path path;
  private final RandomAccessFile file;

  CheckedFile(Path path, String mode) throws IOException {
    this.path = path;
    this.file = new RandomAccessFile(path.toFile(), mode);
  }

  @Override
  public synchronized long size() throws IOException {
    // A block that was begun when the machine stopped is none.
    return file.length() / STORED_BYTES * BLOCK_BYTES;
  }

  @Override
  public synchronized int read(ByteBuffer target, long position) throws IOException {
    long end = Math.min(size(), position + target.remaining());
    if (position >= end) {
      return -1;
    }
    long first = position / BLOCK_BYTES;
    int blocks = (int) ((end - 1) / BLOCK_BYTES - first + 1);
    byte[] stored = new byte[blocks * STORED_BYTES];
    file.seek(first * STORED_BYTES);
    file.readFully(stored);
    int count = (int) (end - position);
    int skip = (int) (position % BLOCK_BYTES);
    for (int i = 0; i < blocks; i++) {
      int at = i * STORED_BYTES;
      if (ByteBuffer.wrap(stored).getInt(at + BLOCK_BYTES) != sum(first + i, stored, at)) {
        throw new IOException("block " + (first + i) + " of " + path + " is damaged");
      }
      int from = i == 0 ? skip : 0;
      int length = Math.min(BLOCK_BYTES - from, count - (i * BLOCK_BYTES + from - skip));
      target.put(stored, at + from, length);
    }
    return count;
  }

  @Override
  public synchronized int write(ByteBuffer source, long position) throws IOException {
    int count = source.remaining();
    if (position % BLOCK_BYTES != 0 || count % BLOCK_BYTES != 0) {
      throw new IOException("not whole blocks: " + count + " bytes at " + position);
    }
    int blocks = count / BLOCK_BYTES;
    long first = position / BLOCK_BYTES;
    // Blocks between the end and what is written would have no checksum.
    for (long gap = size() / BLOCK_BYTES; gap < first; gap++) {
      writeBlocks(gap, ByteBuffer.allocate(BLOCK_BYTES), 1);
    }
    writeBlocks(first, source, blocks);
    return count;
  }

  private void writeBlocks(long first, ByteBuffer source, int blocks) throws IOException {
    byte[] stored = new byte[blocks * STORED_BYTES];
    for (int i = 0; i < blocks; i++) {
      int at = i * STORED_BYTES;
      source.get(stored, at, BLOCK_BYTES);
      ByteBuffer.wrap(stored).putInt(at + BLOCK_BYTES, sum(first + i, stored, at));
    }
    file.seek(first * STORED_BYTES);
    file.write(stored);
  }

  private static int sum(long block, byte[] stored, int at) {
    CRC32C sum = new CRC32C();
    sum.update(ByteBuffer.allocate(Long.BYTES).putLong(0, block));
    sum.update(stored, at, BLOCK_BYTES);
    return (int) sum.getValue();
  }

  @Override
  protected void implTruncate(long size) throws IOException {
    file.setLength(size / BLOCK_BYTES * STORED_BYTES);
  }

  @Override
  public void force(boolean metadata) throws IOException {
    file.getFD().sync();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return file.getChannel().tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    file.close();
  }
}
