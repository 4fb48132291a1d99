package io.metastore.core;

import io.metastore.core.message.RangeStreamResponse;
import java.util.concurrent.CompletableFuture;

/**
 * The answer to a range, piece by piece: what each piece holds is read when it is asked for, at the
 * revision of the first.
 *
 * <p>Not thread-safe, but may be handed from thread to thread. There is nothing to close: between
 * two pieces it holds nothing.
 */
@FunctionalInterface
public interface KeyStream {
  /**
   * Reads the next piece; to be called when the one before has come, and not after the last.
   *
   * @return a piece, and with a header, {@code count} and {@code more} in it the last one; fails
   *     with a {@link io.metastore.api.MetastoreException}, with {@code COMPACTED} when a
   *     compaction has overtaken the stream
   */
  CompletableFuture<RangeStreamResponse> next();
}
