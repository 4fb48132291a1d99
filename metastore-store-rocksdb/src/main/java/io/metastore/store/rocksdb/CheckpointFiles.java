package io.metastore.store.rocksdb;

import io.metastore.api.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The list of a checkpoint's files, in its file {@code CHECKPOINT}, which is written last: without
 * it a checkpoint is not complete.
 *
 * <p>Each line is a file's name, its length and its CRC32C. Data files have none: reading gigabytes
 * for it would undo what hard links save, and every block in them has a checksum of its own, which
 * {@link Restore} verifies. The last line is the CRC32C of the lines before. Stateless.
 */
final class CheckpointFiles {
  private static final String LIST = "CHECKPOINT";
  private static final String HEADER = "rocksdb checkpoint 1";
  private static final String DATA = ".sst";
  private static final String UNCHECKED = "-";

  private CheckpointFiles() {}

  static boolean isData(String name) {
    return name.endsWith(DATA);
  }

  /** Writes the list of everything that is in the directory. */
  static void write(Path directory) throws IOException {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    try (Stream<Path> files = Files.list(directory)) {
      // The list itself is there when it is written for the second time.
      for (Path file : files.filter(file -> !file.endsWith(LIST)).sorted().toList()) {
        text.append(line(file)).append('\n');
      }
    }
    StoreDirectory.write(directory.resolve(LIST), seal(text.toString()));
    StoreDirectory.sync(directory);
  }

  /**
   * Checks lengths and checksums of all files on the list.
   *
   * @return their names
   * @throws StorageException when the list or a file is missing or damaged
   */
  static List<String> verify(Path directory) {
    Path list = directory.resolve(LIST);
    if (!Files.isRegularFile(list)) {
      throw new StorageException(
          directory
              + " holds no complete checkpoint of storage engine rocksdb: "
              + list
              + " is missing; take another one");
    }
    List<String> names = new ArrayList<>();
    try {
      for (String line : unseal(list)) {
        String name = line.substring(0, Math.max(0, line.indexOf(' ')));
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file) || !line(file).equals(line)) {
          throw new StorageException(
              file
                  + " is missing or damaged: "
                  + list
                  + " has it as "
                  + line
                  + "; take another checkpoint");
        }
        names.add(name);
      }
    } catch (IOException e) {
      throw new StorageException("cannot read " + directory + " (" + e + "); check the disk", e);
    }
    return names;
  }

  private static String line(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    String checksum = isData(name) ? UNCHECKED : checksum(Files.readAllBytes(file));
    return name + " " + Files.size(file) + " " + checksum;
  }

  private static byte[] seal(String text) {
    String checksum = checksum(text.getBytes(StandardCharsets.UTF_8));
    return (text + checksum + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> unseal(Path list) throws IOException {
    byte[] content = Files.readAllBytes(list);
    String text = new String(content, StandardCharsets.UTF_8);
    int end = text.lastIndexOf('\n', Math.max(0, text.length() - 2)) + 1;
    String body = text.substring(0, end);
    if (!Arrays.equals(content, seal(body)) || !body.startsWith(HEADER + "\n")) {
      throw new StorageException(list + " is damaged; take another checkpoint");
    }
    List<String> lines = body.lines().toList();
    return lines.subList(1, lines.size());
  }

  private static String checksum(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return Long.toHexString(crc.getValue());
  }
}
