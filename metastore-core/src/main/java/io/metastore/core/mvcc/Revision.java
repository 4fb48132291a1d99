package io.metastore.core.mvcc;

import java.nio.ByteBuffer;

/**
 * A change's place in history.
 *
 * @param main counts the commands that changed something; the empty store is at 1
 * @param sub index of the change within its command
 */
public record Revision(long main, int sub) implements Comparable<Revision> {
  /** Length of the encoded form. */
  static final int BYTES = Long.BYTES + Integer.BYTES;

  /** Writes the encoded form, whose unsigned order is the order of revisions. */
  void encode(ByteBuffer to) {
    to.putLong(main).putInt(sub);
  }

  static Revision decode(ByteBuffer from) {
    return new Revision(from.getLong(), from.getInt());
  }

  /** The encoded form alone: the key of a page in the LOG keyspace. */
  byte[] encoded() {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES);
    encode(buffer);
    return buffer.array();
  }

  @Override
  public int compareTo(Revision other) {
    int byMain = Long.compare(main, other.main);
    return byMain != 0 ? byMain : Integer.compare(sub, other.sub);
  }
}
