package io.metastore.core.compact;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.CompactionResponse;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.mvcc.MvccWriter;

/**
 * What a compaction does in the log: it moves the mark, at once and on every member. The answer's
 * header carries the current revision, not the mark.
 *
 * <p>Belongs to the apply thread. Source: etcd {@code server/storage/mvcc/kvstore.go}.
 */
public final class Compaction {
  private Compaction() {}

  /**
   * Applies a compaction.
   *
   * @throws MetastoreException when the revision was compacted already or is in the future; in a
   *     store that was never compacted even 0 is neither
   */
  public static CompactionResponse.Builder apply(MvccWriter writer, CompactionRequest request) {
    if (request.getRevision() <= writer.compactedRevision()) {
      throw MetastoreException.of(ErrorCode.COMPACTED);
    }
    if (request.getRevision() > writer.revision()) {
      throw MetastoreException.of(ErrorCode.FUTURE_REV);
    }
    writer.compactTo(request.getRevision());
    return CompactionResponse.newBuilder()
        .setHeader(ResponseHeader.newBuilder().setRevision(writer.revision()));
  }
}
