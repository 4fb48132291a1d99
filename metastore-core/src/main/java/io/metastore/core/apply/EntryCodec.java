package io.metastore.core.apply;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.metastore.core.Nesting;
import io.metastore.core.message.Entry;
import io.metastore.core.message.Proposal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Log entries as bytes: an {@link Entry} message whose first two fields can be read on their own.
 */
public final class EntryCodec {
  private static final byte ORIGIN_TAG =
      (byte) (Entry.ORIGIN_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED64);
  private static final byte BATCH_TAG =
      (byte) (Entry.BATCH_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED64);
  private static final int HEADER_BYTES = 2 * (1 + Long.BYTES);

  /**
   * Who made an entry.
   *
   * @param origin the run of a member, never 0
   * @param batch the entry's number among those of the run, never 0
   */
  public record Header(long origin, long batch) {
    public Header {
      if (origin == 0 || batch == 0) {
        throw new IllegalArgumentException(
            "origin and batch must not be 0: " + origin + ", " + batch);
      }
    }
  }

  private EntryCodec() {}

  /** Encodes a batch of proposals. */
  public static byte[] encode(Header header, List<Proposal> proposals) {
    return Entry.newBuilder()
        .setOrigin(header.origin())
        .setBatch(header.batch())
        .addAllProposals(proposals)
        .build()
        .toByteArray();
  }

  /**
   * Reads who made an entry, at a cost that does not depend on its size.
   *
   * @throws IllegalStateException when the bytes are no entry of ours
   */
  public static Header header(ByteBuffer entry) {
    ByteBuffer in = entry.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (in.remaining() >= HEADER_BYTES && in.get() == ORIGIN_TAG) {
      long origin = in.getLong();
      boolean batchFollows = in.get() == BATCH_TAG;
      long batch = in.getLong();
      if (batchFollows && origin != 0 && batch != 0) {
        return new Header(origin, batch);
      }
    }
    throw new IllegalStateException(
        "a log entry of " + entry.remaining() + " bytes does not begin as one of ours");
  }

  /**
   * Reads all proposals of an entry.
   *
   * @throws IllegalStateException when the bytes are no entry of ours
   */
  public static List<Proposal> proposals(ByteBuffer entry) {
    byte[] bytes = new byte[entry.remaining()];
    entry.slice().get(bytes);
    try {
      CodedInputStream in = CodedInputStream.newInstance(bytes);
      in.enableAliasing(true);
      // A request in here was read, by whoever took it in, with a narrower limit.
      in.setRecursionLimit(Nesting.ENTRY_MESSAGES_MAX);
      return Entry.parseFrom(in).getProposalsList();
    } catch (IOException e) {
      throw new IllegalStateException("a log entry of " + bytes.length + " bytes is damaged", e);
    }
  }
}
