package io.metastore.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** What a crash leaves: copies of a running node's directory, and damage to their logs. */
final class DataCopies {
  private DataCopies() {}

  /** Copies a directory file by file, as it is. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /** The newest file of a node's log that was being written to. */
  static Path newestSegment(Path dataDirectory) throws IOException {
    try (Stream<Path> files = Files.walk(dataDirectory.resolve("log"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("log_inprogress_"))
          .max(Comparator.comparing(Path::toString))
          .orElseThrow();
    }
  }

  /** Where the records end and the zeros of preallocation begin. */
  static int endOfRecords(byte[] segment) {
    int end = segment.length;
    while (end > 0 && segment[end - 1] == 0) {
      end--;
    }
    return end;
  }
}
