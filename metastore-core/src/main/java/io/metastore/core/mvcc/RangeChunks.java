package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.KeyRange;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.ResponseHeader;
import java.util.Arrays;

/**
 * One RangeStream under way: where it is, between one chunk and the next (behaviour 29 of the
 * contract; etcd 3.7). All chunks read at the revision of the first, each on a view of its own.
 *
 * <p>A chunk begins small, so that the first keys come soon, and then doubles and halves towards
 * {@link #CHUNK_BYTES}. The last chunk alone has header, count and more; merged, the chunks are
 * what Range answers.
 *
 * <p>Not thread-safe; handed from thread to thread.
 */
public final class RangeChunks {
  /** The size that chunks are brought to: as large as the largest value, by default. */
  static final long CHUNK_BYTES = 3L << 19;

  static final int FIRST_KEYS = 10;

  private final RangeRequest request;
  private KeyRange rest;
  private long chunkKeys = FIRST_KEYS;
  private long sent;
  // Set by the first chunk: the revision that is read, and the store's own at that moment.
  private boolean started;
  private long revision;
  private long headerRevision;

  /**
   * Prepares a stream.
   *
   * @param request in key order and without revision filters
   */
  public RangeChunks(RangeRequest request) {
    this.request = request;
    byte[] key = request.getKey().toByteArray();
    this.rest =
        KeyRanges.isSingle(request.getRangeEnd())
            ? KeyRange.of(key, after(key))
            : KeyRanges.of(request.getKey(), request.getRangeEnd());
  }

  /** True once there has been a chunk: the revision is fixed, and no read barrier needed. */
  public boolean started() {
    return started;
  }

  /**
   * Reads the next chunk.
   *
   * @param state the newest published view, held by the caller meanwhile
   * @return the chunk; the last has a header, which carries the revision alone
   * @throws MetastoreException when the revision is in the future, or compacted by now
   */
  public RangeResponse.Builder next(ReadState state) {
    if (!started) {
      headerRevision = state.revisionToRead();
      revision = request.getRevision() <= 0 ? headerRevision : request.getRevision();
      if (revision > headerRevision) {
        throw MetastoreException.of(ErrorCode.FUTURE_REV);
      }
    }
    if (revision < state.compactedRevision()) {
      throw MetastoreException.of(ErrorCode.COMPACTED);
    }
    started = true;
    RangeResponse.Builder chunk = RangeResponse.newBuilder();
    if (rest.isEmpty()) {
      return last(chunk, 0);
    }
    try (KeyScan scan =
        revision == state.revisionToRead()
            ? new CurrentScan(state.view(), rest)
            : new HistoryScan(state.view(), rest, revision)) {
      return fill(scan, chunk);
    }
  }

  private RangeResponse.Builder fill(KeyScan scan, RangeResponse.Builder chunk) {
    long limit = request.getLimit() > 0 ? request.getLimit() : Long.MAX_VALUE;
    long keysMax = request.getCountOnly() ? 0 : Math.min(chunkKeys, limit - sent);
    long bytes = 0;
    byte[] lastKey = {};
    while (chunk.getKvsCount() < keysMax && bytes < CHUNK_BYTES) {
      if (!scan.next()) {
        return last(chunk, 0);
      }
      lastKey = scan.key();
      ByteString key = UnsafeByteOperations.unsafeWrap(lastKey);
      KeyRecord record = scan.record();
      KeyValue kv = request.getKeysOnly() ? record.toKeyOnly(key) : record.toKeyValue(key);
      bytes += kv.getSerializedSize();
      chunk.addKvs(kv);
      sent++;
    }
    if (request.getCountOnly() || sent == limit) {
      long left = 0;
      while (scan.next()) {
        left++;
      }
      return last(chunk, left);
    }
    if (!scan.next()) {
      return last(chunk, 0);
    }
    rest = new KeyRange(after(lastKey), rest.to());
    if (bytes > CHUNK_BYTES) {
      chunkKeys = Math.max(1, chunkKeys / 2);
    } else if (2 * bytes <= CHUNK_BYTES) {
      chunkKeys *= 2;
    }
    return chunk;
  }

  /**
   * Ends the stream.
   *
   * @param left keys of the range that are counted and not sent
   */
  private RangeResponse.Builder last(RangeResponse.Builder chunk, long left) {
    return chunk
        .setHeader(ResponseHeader.newBuilder().setRevision(headerRevision))
        .setCount(sent + left)
        .setMore(left > 0 && !request.getCountOnly());
  }

  /** The smallest key behind a key. */
  private static byte[] after(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }
}
