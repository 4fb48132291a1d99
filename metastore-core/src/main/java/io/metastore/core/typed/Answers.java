package io.metastore.core.typed;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.UnavailableException;
import io.metastore.api.UnknownOutcomeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for answers on the caller's thread. */
final class Answers {
  /** Whoever answers keeps the time; this is for an answer that gets lost. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private Answers() {}

  /** The answer to a write. */
  static <T> T ofWrite(CompletableFuture<T> answer, Duration timeout) {
    try {
      return answer.get(timeout.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MetastoreException failure) {
        throw failure;
      }
      throw new IllegalStateException("an answer failed with what is none", e.getCause());
    } catch (TimeoutException e) {
      throw MetastoreException.of(ErrorCode.TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MetastoreException.of(ErrorCode.CANCELED);
    }
  }

  /** The answer to a read, of which it is known that it did nothing, unless it was interrupted. */
  static <T> T ofRead(CompletableFuture<T> answer, Duration timeout) {
    try {
      return ofWrite(answer, timeout);
    } catch (UnknownOutcomeException e) {
      throw e.code() == ErrorCode.CANCELED
          ? e
          : new UnavailableException(e.code(), String.valueOf(e.getMessage()));
    }
  }
}
