package io.metastore.core.mvcc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.WriteBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What is stored in the LOG keyspace under one key: entries that follow each other, as many as fit.
 * An engine then has one row where it would have some hundred, each with a key of its own.
 *
 * <p>The key is the revision of the <b>last</b> entry. A scan from a revision on therefore begins
 * at the page that has it, and is to pass over what stands before it there.
 *
 * <p>Each entry is a kind, the main revision less that of the entry before (of the first: the main
 * revision), the sub revision, what it replaced unless it is a creation (main revisions that it
 * lies behind, sub revision), and the key behind its length; all numbers are varints. An entry is
 * never changed, and a page never has entries of two {@linkplain OverlayView#spill spills}: what is
 * taken back or published is a number of pages.
 *
 * <p>An object of this class is a page that is being filled. Not thread-safe.
 */
final class LogPage {
  /** Some hundred entries with keys of usual length, and half a block of an engine's file. */
  static final int BYTES_MAX = 4096;

  private static final int CREATE = 0;
  private static final int UPDATE = 1;
  private static final int DELETE = 2;

  // A kind, two revisions of a varint64 and a varint32 each, and the length of the key.
  private static final int ENTRY_BYTES_MAX = 1 + 2 * (10 + 5) + 5;

  private final List<LogEntry> entries = new ArrayList<>();
  private int bytes;

  /** The entries of a stored page, in order. */
  static List<LogEntry> decode(byte[] value) {
    List<LogEntry> entries = new ArrayList<>();
    CodedInputStream in = CodedInputStream.newInstance(value);
    try {
      long main = 0;
      while (!in.isAtEnd()) {
        int kind = in.readUInt32();
        if (kind < CREATE || kind > DELETE) {
          throw new StorageException("a page of the change log has an entry of kind " + kind);
        }
        main += in.readUInt64();
        Revision revision = new Revision(main, in.readUInt32());
        Optional<Revision> replaced =
            kind == CREATE
                ? Optional.empty()
                : Optional.of(new Revision(main - in.readUInt64(), in.readUInt32()));
        entries.add(new LogEntry(revision, in.readByteArray(), kind == DELETE, replaced));
      }
    } catch (IOException e) {
      throw new StorageException("a page of the change log is damaged: " + e.getMessage(), e);
    }
    return entries;
  }

  /**
   * Adds an entry behind those that are there; ends the page before, when both do not fit in one.
   *
   * @param batch gets the page that was ended
   */
  void add(LogEntry entry, WriteBatch batch) {
    int more = bytesMax(entry);
    if (bytes + more > BYTES_MAX) {
      end(batch);
    }
    entries.add(entry);
    bytes += more;
  }

  /** Brings what is there into a batch, and begins another page. */
  void end(WriteBatch batch) {
    if (!entries.isEmpty()) {
      batch.put(Keyspace.LOG, entries.getLast().revision().encoded(), encode(entries));
      entries.clear();
      bytes = 0;
    }
  }

  /** The stored form of entries, of which there is at least one. */
  static byte[] encode(List<LogEntry> entries) {
    byte[] page = new byte[entries.stream().mapToInt(LogPage::bytesMax).sum()];
    CodedOutputStream out = CodedOutputStream.newInstance(page);
    try {
      long main = 0;
      for (LogEntry entry : entries) {
        Revision revision = entry.revision();
        out.writeUInt32NoTag(kind(entry));
        out.writeUInt64NoTag(revision.main() - main);
        out.writeUInt32NoTag(revision.sub());
        if (entry.replaced().isPresent()) {
          Revision replaced = entry.replaced().get();
          out.writeUInt64NoTag(revision.main() - replaced.main());
          out.writeUInt32NoTag(replaced.sub());
        }
        out.writeByteArrayNoTag(entry.key());
        main = revision.main();
      }
    } catch (IOException e) {
      throw new IllegalStateException("an entry is longer than it can be", e);
    }
    return Arrays.copyOf(page, out.getTotalBytesWritten());
  }

  private static int bytesMax(LogEntry entry) {
    return ENTRY_BYTES_MAX + entry.key().length;
  }

  private static int kind(LogEntry entry) {
    if (entry.delete()) {
      return DELETE;
    }
    return entry.replaced().isPresent() ? UPDATE : CREATE;
  }
}
