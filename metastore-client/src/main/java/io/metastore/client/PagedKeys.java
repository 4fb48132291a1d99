package io.metastore.client;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.KeyStream;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.RangeStreamResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A range in pages, each a range of its own that begins behind the last key of the one before, at
 * the revision of the first: every etcd answers that. Pages begin small and at most double towards
 * {@link #PAGE_BYTES}, by the average size of the last one's entries. Sizes may rise all the same,
 * so an answer of more than {@link #ANSWER_BYTES_MAX} is not taken, and half as many keys are asked
 * for; a single entry is taken whatever its size.
 *
 * <p>Not thread-safe, but may be handed from thread to thread.
 */
final class PagedKeys implements KeyStream {
  static final int KEYS_FIRST = 16;
  static final int KEYS_MAX = 1000;
  static final long PAGE_BYTES = 1 << 20;
  static final int ANSWER_BYTES_MAX = 16 << 20;

  private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

  /** Who answers a range. */
  @FunctionalInterface
  interface Reader {
    /**
     * Reads keys.
     *
     * @param answerBytesMax a larger answer is refused with {@link ErrorCode#REQUEST_TOO_LARGE}
     */
    CompletableFuture<RangeResponse> range(RangeRequest request, int answerBytesMax);
  }

  private final Reader reader;
  private RangeRequest next;
  private long left;
  private long pageKeys = KEYS_FIRST;

  PagedKeys(Reader reader, RangeRequest request) {
    this.reader = reader;
    this.next = request;
    this.left = request.getLimit() == 0 ? Long.MAX_VALUE : request.getLimit();
  }

  @Override
  public CompletableFuture<RangeStreamResponse> next() {
    long keys = Math.min(left, pageKeys);
    return reader
        .range(
            next.toBuilder().setLimit(keys).build(),
            keys == 1 ? Integer.MAX_VALUE : ANSWER_BYTES_MAX)
        .thenApply(this::page)
        .exceptionallyCompose(
            failure -> {
              if (keys == 1 || !isTooLarge(failure)) {
                return CompletableFuture.failedFuture(failure);
              }
              pageKeys = keys / 2;
              return next();
            });
  }

  private static boolean isTooLarge(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof MetastoreException refused
        && refused.code() == ErrorCode.REQUEST_TOO_LARGE;
  }

  private RangeStreamResponse page(RangeResponse page) {
    int keys = page.getKvsCount();
    left -= keys;
    RangeResponse.Builder piece = page.toBuilder();
    if (keys > 0 && page.getMore() && left > 0) {
      // The header is the last page's.
      piece.clearHeader();
      goOn(page);
    }
    return RangeStreamResponse.newBuilder().setRangeResponse(piece).build();
  }

  private void goOn(RangeResponse page) {
    int keys = page.getKvsCount();
    long bytes = 0;
    for (KeyValue kv : page.getKvsList()) {
      bytes += kv.getSerializedSize();
    }
    pageKeys = Math.clamp(PAGE_BYTES / Math.max(1, bytes / keys), 1, Math.min(2L * keys, KEYS_MAX));
    if (next.getRevision() == 0) {
      next = next.toBuilder().setRevision(page.getHeader().getRevision()).build();
    }
    // The smallest key behind the last one is that with a zero byte more.
    next = next.toBuilder().setKey(page.getKvs(keys - 1).getKey().concat(ZERO)).build();
  }
}
