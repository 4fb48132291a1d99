package io.metastore.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the end of the log before Ratis does, and cuts off a record that a crash left half
 * written: Ratis refuses the whole log for it. A record that was acknowledged was forced to the
 * disk before, and so was all in front of it, so neither that record nor anything behind it was.
 *
 * <p>A segment is a header, then records, then the zeros of preallocation (Ratis 3.3.0, {@code
 * SegmentedRaftLogOutputStream}); a record is the size of its entry as a varint, the entry, and a
 * CRC-32C over both. A record whose checksum is wrong counts as half written when a write that
 * ended early explains it, as in etcd ({@code wal/decoder.go}, {@code isTornEntry}):
 *
 * <pre>
 *   … | record | reco0000000 0000000000…   nothing behind some byte of it: killed while writing
 *   … | record | re…000…000…d | …          a sector of it is missing: power lost while writing
 * </pre>
 *
 * <p>Any other damage is left as it is, for Ratis to refuse. Stateless.
 */
final class LogTail {
  private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);

  private static final Pattern SEGMENT = Pattern.compile("log_(?:(\\d+)-(\\d+)|inprogress_(\\d+))");
  private static final int HEADER_BYTES = 8;
  private static final int CHECKSUM_BYTES = 4;
  private static final int SECTOR_BYTES = 512;

  private LogTail() {}

  /** A whole record: the index of its entry, and where the next one begins. */
  private record Entry(long index, int end) {}

  /**
   * Cuts off a half-written record at the end of the log.
   *
   * @param segments Ratis' directory of log segments; nobody else uses it meanwhile
   * @return index of the last whole entry; empty when there is none
   * @throws IOException when the log cannot be read or written
   */
  static OptionalLong repair(Path segments) throws IOException {
    OptionalLong last = OptionalLong.empty();
    try (Stream<Path> files = Files.list(segments)) {
      for (Path file : files.sorted(Comparator.comparingLong(LogTail::firstIndex)).toList()) {
        Matcher name = SEGMENT.matcher(file.getFileName().toString());
        if (name.matches()) {
          OptionalLong inFile =
              name.group(2) == null
                  ? repairOpen(file)
                  : OptionalLong.of(Long.parseLong(name.group(2)));
          last = inFile.isPresent() ? inFile : last;
        }
      }
    }
    return last;
  }

  private static long firstIndex(Path file) {
    Matcher name = SEGMENT.matcher(file.getFileName().toString());
    if (!name.matches()) {
      return -1;
    }
    return Long.parseLong(name.group(1) == null ? name.group(3) : name.group(1));
  }

  private static OptionalLong repairOpen(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    OptionalLong last = OptionalLong.empty();
    int at = HEADER_BYTES;
    while (at < bytes.length) {
      Optional<Entry> entry = entry(bytes, at);
      if (entry.isEmpty()) {
        if (isHalfWritten(bytes, at)) {
          cut(file, at);
        }
        return last;
      }
      last = OptionalLong.of(entry.get().index());
      at = entry.get().end();
    }
    return last;
  }

  private static Optional<Entry> entry(byte[] bytes, int at) throws IOException {
    int end = end(bytes, at);
    if (end < 0) {
      return Optional.empty();
    }
    int bodyEnd = end - CHECKSUM_BYTES;
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, at, bodyEnd - at);
    if ((int) checksum.getValue() != ByteBuffer.wrap(bytes).getInt(bodyEnd)) {
      return Optional.empty();
    }
    CodedInputStream in = CodedInputStream.newInstance(bytes, at, bodyEnd - at);
    int unusedSize = in.readRawVarint32();
    return Optional.of(new Entry(LogEntryProto.parseFrom(in).getIndex(), end));
  }

  /** Where the record at a place ends by its size; -1 when that is not in the file. */
  private static int end(byte[] bytes, int at) {
    if (bytes[at] == 0) {
      return -1;
    }
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes, at, bytes.length - at);
      int size = in.readRawVarint32();
      long end = (long) at + in.getTotalBytesRead() + size + CHECKSUM_BYTES;
      return size < 0 || end > bytes.length ? -1 : (int) end;
    } catch (IOException e) {
      // The varint has no end.
      return -1;
    }
  }

  private static boolean isHalfWritten(byte[] bytes, int at) throws IOException {
    int end = end(bytes, at);
    if (end < 0 || (end < bytes.length && entry(bytes, end).isPresent())) {
      // Either Ratis ends the log here by itself, or this was damaged after it was written.
      return false;
    }
    if (isZero(bytes, end - CHECKSUM_BYTES, bytes.length)) {
      return true;
    }
    for (int from = at; from < end; ) {
      int to = Math.min(end, (from / SECTOR_BYTES + 1) * SECTOR_BYTES);
      if (isZero(bytes, from, to)) {
        return true;
      }
      from = to;
    }
    return false;
  }

  private static boolean isZero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static void cut(Path file, int at) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(at);
      channel.force(true);
    }
    LOG.atInfo()
        .addKeyValue("file", file)
        .addKeyValue("at", at)
        .log("half-written record cut off the log");
  }
}
