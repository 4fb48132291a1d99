package io.metastore.core.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What a crash leaves of a running engine: a copy of its directory as it is at one moment. An
 * engine may tidy up in the background meanwhile, so a copy counts only when nothing has changed
 * while it was made.
 */
final class CrashCopy {
  private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private CrashCopy() {}

  /** Copies a directory to a place where there is none yet. */
  static void of(Path from, Path to) {
    long start = System.nanoTime();
    try {
      while (!isWhole(from, to)) {
        if (System.nanoTime() - start > DEADLINE_NANOS) {
          throw new AssertionError("the engine never rests in " + from);
        }
        remove(to);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isWhole(Path from, Path to) throws IOException {
    try {
      Map<Path, String> before = files(from);
      for (Path file : before.keySet()) {
        Files.copy(
            file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
      return files(from).equals(before);
    } catch (NoSuchFileException e) {
      return false;
    } catch (UncheckedIOException e) {
      // A walk that comes upon a file that has just gone.
      if (e.getCause() instanceof NoSuchFileException) {
        return false;
      }
      throw e;
    }
  }

  private static Map<Path, String> files(Path directory) throws IOException {
    Map<Path, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path file : walk.toList()) {
        files.put(file, Files.size(file) + " bytes, " + Files.getLastModifiedTime(file));
      }
    }
    return files;
  }

  private static void remove(Path copy) throws IOException {
    if (Files.exists(copy)) {
      try (Stream<Path> files = Files.walk(copy)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
