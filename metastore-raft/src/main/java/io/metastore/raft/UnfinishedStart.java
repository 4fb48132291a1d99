package io.metastore.raft;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** What a start that came to nothing leaves in a data directory, and how it goes away. */
final class UnfinishedStart {
  private UnfinishedStart() {}

  /** Whether a start that was cut off before it wrote the identity leaves this. */
  static boolean leaves(Path entry) throws IOException {
    if (entry.endsWith(DataDirectory.LOG) && Files.isDirectory(entry)) {
      try (DirectoryStream<Path> inside = Files.newDirectoryStream(entry)) {
        return !inside.iterator().hasNext();
      }
    }
    return entry.endsWith(DataDirectory.LOCK_FILE)
        || entry.endsWith(DataDirectory.TOKEN_FILE)
        || entry.endsWith(DataDirectory.IDENTITY_UNFINISHED);
  }

  /**
   * Removes what the first start on a directory made. The token of an embedded cluster stays: it is
   * older than the start.
   *
   * @param all whether the directory is to go too
   */
  static void remove(Path directory, boolean all) throws IOException {
    // First: where there is no identity, nobody owns the rest.
    Files.deleteIfExists(directory.resolve(DataDirectory.IDENTITY_FILE));
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(directory) && !file.endsWith(DataDirectory.TOKEN_FILE)) {
          Files.deleteIfExists(file);
        }
      }
    }
    if (all) {
      Files.deleteIfExists(directory);
    }
  }
}
