package io.metastore.app;

import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks into the Raft log and damages its files, which Ratis fills up with zeros. Stateless. */
public final class RaftLogFile {
  private static final int HEADER_BYTES = "RaftLog1".length();
  private static final int CHECKSUM_BYTES = 4;

  private static final Pattern SEGMENT =
      Pattern.compile("log_(?:inprogress_)?([0-9]+)(?:-[0-9]+)?");

  private RaftLogFile() {}

  /** The indexes at which the segments of a log begin that are somewhere below a folder. */
  public static NavigableSet<Long> segments(Path folder) throws IOException {
    while (true) {
      try (Stream<Path> files = Files.walk(folder)) {
        return files
            .map(file -> SEGMENT.matcher(file.getFileName().toString()))
            .filter(Matcher::matches)
            .map(name -> Long.valueOf(name.group(1)))
            .collect(Collectors.toCollection(TreeSet::new));
      } catch (UncheckedIOException e) {
        // A segment may be removed or closed while they are listed: look again.
        if (!(e.getCause() instanceof NoSuchFileException)) {
          throw e.getCause();
        }
      }
    }
  }

  /** Puts the beginning of a record behind the last one, as a crash within a write leaves it. */
  public static void tear(Path file) throws IOException {
    int end = recordsEnd(Files.readAllBytes(file));
    try (FileChannel log = FileChannel.open(file, WRITE)) {
      // A length of 64 and the first few of the 64 bytes.
      log.write(ByteBuffer.wrap(new byte[] {64, 1, 2, 3, 4, 5}), end);
    }
  }

  // Each record is its length as a varint, its content, and a checksum that may end in zeros.
  private static int recordsEnd(byte[] bytes) {
    int at = HEADER_BYTES;
    while (at < bytes.length && bytes[at] != 0) {
      int length = 0;
      int shift = 0;
      byte next;
      do {
        next = bytes[at++];
        length |= (next & 0x7F) << shift;
        shift += 7;
      } while (next < 0);
      at += length + CHECKSUM_BYTES;
    }
    return at;
  }
}
