package org.apache.ratis.util;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces a file by what is written, when that is all on the disk, and else leaves it as it is.
 * Belongs to one thread.
 *
 * <p>Stands in for Ratis 3.3.0's class of this name, which Ratis writes a member's term and vote
 * with. That one also replaces the file when a write has failed, by what was written before: a full
 * disk then leaves a member with neither term nor vote, which cannot start again (its own {@code
 * raft-meta} reads "'term' not found in properties: {}"). It does not force the directory either,
 * so that a power failure may bring back an older vote.
 */
public final class AtomicFileOutputStream extends FilterOutputStream {
  /** What the name of the temporary file ends in. */
  public static final String TMP_EXTENSION = ".tmp";

  private final Path file;
  private final Path temporary;
  private boolean failed;
  private boolean closed;

  /** Where a file is written before it is complete. */
  public static File getTemporaryFile(File file) {
    return new File(file.getParentFile(), file.getName() + TMP_EXTENSION);
  }

  /**
   * Opens the temporary file beside a file.
   *
   * @throws IOException when it cannot be made
   */
  public AtomicFileOutputStream(File file) throws IOException {
    this(file, getTemporaryFile(file));
  }

  /**
   * Opens a temporary file.
   *
   * @throws IOException when it cannot be made
   */
  public AtomicFileOutputStream(File file, File temporary) throws IOException {
    this(file.toPath().toAbsolutePath(), temporary.toPath().toAbsolutePath());
  }

  private AtomicFileOutputStream(Path file, Path temporary) throws IOException {
    super(open(temporary));
    this.file = file;
    this.temporary = temporary;
  }

  private static OutputStream open(Path temporary) throws IOException {
    return Channels.newOutputStream(
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE));
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    boolean written = false;
    try {
      out.write(bytes, offset, length);
      written = true;
    } finally {
      failed |= !written;
    }
  }

  /** Whether it was closed or aborted. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Replaces the file, unless a write has failed. Closing again does nothing.
   *
   * @throws IOException when the file was not replaced now, though no write had failed before
   */
  @Override
  public void close() throws IOException {
    if (failed) {
      abort();
    }
    if (closed) {
      return;
    }
    closed = true;
    try {
      out.close();
      force(temporary, StandardOpenOption.WRITE);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      force(file.getParent(), StandardOpenOption.READ);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private static void force(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }

  /** Ends without replacing the file; does nothing after a close. */
  public void abort() {
    if (closed) {
      return;
    }
    closed = true;
    try (OutputStream ending = out) {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // Overwritten by the next one. Whoever aborts knows of a worse failure.
    }
  }
}
