package io.metastore.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folders of a data directory that an engine's files are in.
 *
 * <pre>
 *   store/, store-2/, ...   the engine's; the one that counts is named in the file "current-store"
 *   images/                 what other members fetch
 *   incoming/               what is being fetched from another
 * </pre>
 *
 * <p>A store that was made of a fetched image counts from the moment the file names it, so a half
 * received one never does. Belongs to one thread at a time.
 */
final class StoreFolders {
  private static final String FIRST = "store";
  private static final String CURRENT_FILE = "current-store";

  private final Path directory;

  StoreFolders(Path directory) {
    this.directory = directory;
  }

  /**
   * The folder whose store counts; made when it is missing. What a crash left behind is removed.
   */
  Path current() throws IOException {
    Path current = directory.resolve(currentName());
    Files.createDirectories(current);
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        boolean otherStore = name.startsWith(FIRST) && !entry.equals(current);
        if (otherStore || entry.equals(images()) || entry.equals(incoming())) {
          delete(entry);
        }
      }
    }
    return current;
  }

  private String currentName() throws IOException {
    Path file = directory.resolve(CURRENT_FILE);
    return Files.exists(file) ? Files.readString(file).strip() : FIRST;
  }

  /** A folder for the next store, which is not there yet. */
  Path next() throws IOException {
    String current = currentName();
    int number =
        current.equals(FIRST) ? 1 : Integer.parseInt(current.substring(FIRST.length() + 1));
    Path next = directory.resolve(FIRST + "-" + (number + 1));
    delete(next);
    return next;
  }

  /** Lets another store count, durably. */
  void makeCurrent(Path store) throws IOException {
    Path temporary = directory.resolve(CURRENT_FILE + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer name =
          ByteBuffer.wrap(store.getFileName().toString().getBytes(StandardCharsets.UTF_8));
      while (name.hasRemaining()) {
        channel.write(name);
      }
      channel.force(true);
    }
    Files.move(temporary, directory.resolve(CURRENT_FILE), StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /** Where images for others are. */
  Path images() {
    return directory.resolve("images");
  }

  /** Where an image is received. */
  Path incoming() {
    return directory.resolve("incoming");
  }

  /** Removes a file or a folder with all that is in it, if it is there. */
  static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    List<Path> entries;
    try (Stream<Path> walk = Files.walk(path)) {
      entries = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path entry : entries) {
      Files.deleteIfExists(entry);
    }
  }
}
