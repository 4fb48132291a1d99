package io.metastore.core.mvcc;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageView;
import java.nio.ByteBuffer;

/**
 * How far this member is with removing what its compactions made unreadable. It is written in the
 * batch that does the removing, so it is never ahead of it or behind it, whatever the engine loses
 * in a crash.
 *
 * @param done mark up to which everything has been removed
 * @param target mark of the purge under way; {@code done} when none is
 * @param next the first LOG entry that the purge has not looked at
 */
public record PurgeProgress(long done, long target, Revision next) {
  private static final byte FORMAT = 1;
  private static final int BYTES = 1 + 2 * Long.BYTES + Revision.BYTES;

  /** The progress that a view holds. */
  public static PurgeProgress read(StorageView view) {
    return view.get(Keyspace.META, StoreMeta.PURGE_KEY)
        .map(PurgeProgress::decode)
        .orElse(
            new PurgeProgress(
                StoreState.NEVER_COMPACTED, StoreState.NEVER_COMPACTED, new Revision(0, 0)));
  }

  /**
   * The progress with which a purge to a mark starts or goes on. With a new mark it goes back to
   * the old one, because entries there were looked at under the rule for entries at a mark.
   */
  PurgeProgress towards(long mark) {
    if (mark == target) {
      return this;
    }
    Revision oldMark = new Revision(Math.max(0, target), 0);
    return new PurgeProgress(done, mark, next.compareTo(oldMark) < 0 ? next : oldMark);
  }

  byte[] encoded() {
    ByteBuffer out = ByteBuffer.allocate(BYTES).put(FORMAT).putLong(done).putLong(target);
    next.encode(out);
    return out.array();
  }

  private static PurgeProgress decode(byte[] encoded) {
    ByteBuffer in = ByteBuffer.wrap(encoded);
    if (encoded.length != BYTES || in.get() != FORMAT) {
      throw new StorageException(
          "the record of the purge's progress is damaged or was written by a newer release: "
              + encoded.length
              + " bytes");
    }
    return new PurgeProgress(in.getLong(), in.getLong(), Revision.decode(in));
  }
}
