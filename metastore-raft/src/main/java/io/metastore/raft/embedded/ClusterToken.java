package io.metastore.raft.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What tells clusters of one member apart: two that are open in one JVM would otherwise have the
 * same ids. It is drawn once and stays in the data directory.
 */
final class ClusterToken {
  private static final String FILE = "token";

  private ClusterToken() {}

  /**
   * The token of a directory.
   *
   * @param otherwise of a member that was made without one
   */
  static String of(Path directory, String otherwise) throws IOException {
    Path file = directory.resolve(FILE);
    if (Files.exists(file)) {
      return Files.readString(file);
    }
    Files.createDirectories(directory);
    try (Stream<Path> entries = Files.list(directory)) {
      if (entries.findAny().isPresent()) {
        return otherwise;
      }
    }
    String token = UUID.randomUUID().toString();
    Files.writeString(file, token);
    return token;
  }
}
