package io.metastore.core.model;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.metastore.core.KeyStream;
import io.metastore.core.message.RangeResponse;
import io.metastore.testkit.model.Answer;
import java.util.concurrent.CompletableFuture;

/** A range that came in pieces, put together. */
final class Streamed {
  private Streamed() {}

  /** Takes all pieces; only the last may have a header, a count and more. */
  static CompletableFuture<Answer> of(KeyStream stream) {
    return next(stream, RangeResponse.newBuilder());
  }

  private static CompletableFuture<Answer> next(KeyStream stream, RangeResponse.Builder all) {
    return stream
        .next()
        .thenCompose(
            response -> {
              RangeResponse piece = response.getRangeResponse();
              all.mergeFrom(piece);
              if (!piece.hasHeader()) {
                assertFalse(piece.getMore(), "more before the end");
                return next(stream, all);
              }
              return CompletableFuture.completedFuture(
                  Answers.of(Answers.revision(piece.getHeader()), all.build()));
            });
  }
}
