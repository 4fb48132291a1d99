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
    // A header of 8 bytes; a record is a varint, as many bytes, and a checksum of 4.
    int at = 8;
    while (at < segment.length && segment[at] != 0) {
      int size = 0;
      int shift = 0;
      do {
        size |= (segment[at] & 0x7F) << shift;
        shift += 7;
      } while (segment[at++] < 0);
      at += size + 4;
    }
    return at;
  }
}
