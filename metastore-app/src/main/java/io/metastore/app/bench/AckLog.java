package io.metastore.app.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A file with one line per acknowledged put: its key, written after the acknowledgement.
 *
 * <p>Lines are buffered until {@link #close}: the file is to survive a crash of the server, not of
 * this process. Safe for use from any thread.
 */
final class AckLog implements AutoCloseable {
  private final OutputStream out;
  private final ReentrantLock lock = new ReentrantLock();

  private AckLog(OutputStream out) {
    this.out = out;
  }

  /** Writes nothing. */
  static AckLog none() {
    return new AckLog(OutputStream.nullOutputStream());
  }

  /** Appends to the file, which is made when there is none. */
  static AckLog appendingTo(Path file) throws IOException {
    return new AckLog(
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            1 << 16));
  }

  /** The keys in the file. */
  static List<byte[]> read(Path file) throws IOException {
    try (var lines = Files.lines(file, StandardCharsets.UTF_8)) {
      return lines.distinct().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList();
    }
  }

  /**
   * Adds a key.
   *
   * @return why it could not be written; empty when it was
   */
  Optional<String> add(byte[] key) {
    lock.lock();
    try {
      out.write(key);
      out.write('\n');
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("acknowledged but not recorded: " + e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      out.close();
    } finally {
      lock.unlock();
    }
  }
}
