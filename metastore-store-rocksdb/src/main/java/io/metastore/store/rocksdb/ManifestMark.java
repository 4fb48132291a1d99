package io.metastore.store.rocksdb;

import io.metastore.api.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What the manifest, RocksDB's list of its data files, held at the last flush: its name, length and
 * CRC32C, in the file {@code FLUSHED}.
 *
 * <p>RocksDB takes a manifest that ends within a record for one that a crash cut short, and goes on
 * with what stands before: one changed byte in a record's length loses the flushes after it, and
 * opening deletes their files. With this mark such damage is found before RocksDB opens anything.
 * Not thread-safe.
 */
final class ManifestMark {
  private static final String MARK = "FLUSHED";
  private static final String NEW_MARK = "FLUSHED.new";
  private static final String CURRENT = "CURRENT";
  // A manifest is replaced by another when it has grown large: rarely, and not many times at once.
  private static final int ATTEMPTS = 10;

  private ManifestMark() {}

  /** Writes the mark. What the manifest holds now survives a crash of the machine afterwards. */
  static void write(Path directory) throws IOException {
    StoreDirectory.write(directory.resolve(NEW_MARK), describe(directory));
    Files.move(
        directory.resolve(NEW_MARK), directory.resolve(MARK), StandardCopyOption.ATOMIC_MOVE);
    StoreDirectory.sync(directory);
  }

  private static byte[] describe(Path directory) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Path manifest = directory.resolve(current(directory));
        byte[] content = Files.readAllBytes(manifest);
        StoreDirectory.sync(manifest);
        return seal(manifest.getFileName() + " " + content.length + " " + checksum(content));
      } catch (NoSuchFileException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /**
   * Checks a store that nobody has opened yet against its mark. A store without one, or with a
   * manifest begun after it, passes.
   *
   * @throws StorageException when the mark or the manifest is damaged
   */
  static void check(Path directory) throws IOException {
    Path mark = directory.resolve(MARK);
    if (!Files.exists(mark) || !Files.exists(directory.resolve(CURRENT))) {
      return;
    }
    byte[] found = Files.readAllBytes(mark);
    List<String> words = List.of(new String(found, StandardCharsets.UTF_8).strip().split(" "));
    if (words.size() != 4 || !Arrays.equals(found, seal(String.join(" ", words.subList(0, 3))))) {
      throw damaged(mark);
    }
    Path manifest = directory.resolve(words.get(0));
    if (!words.get(0).equals(current(directory)) || !Files.exists(manifest)) {
      return;
    }
    byte[] content = Files.readAllBytes(manifest);
    int length = Integer.parseInt(words.get(1));
    if (content.length < length || !checksum(Arrays.copyOf(content, length)).equals(words.get(2))) {
      throw damaged(manifest);
    }
  }

  private static StorageException damaged(Path file) {
    return new StorageException(file + " is damaged" + Failures.DAMAGE_ADVICE);
  }

  private static String current(Path directory) throws IOException {
    return Files.readString(directory.resolve(CURRENT), StandardCharsets.ISO_8859_1).strip();
  }

  private static byte[] seal(String text) {
    String checksum = checksum(text.getBytes(StandardCharsets.UTF_8));
    return (text + " " + checksum + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String checksum(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return Long.toHexString(crc.getValue());
  }
}
