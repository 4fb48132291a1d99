package io.metastore.core.typed;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.UnavailableException;
import io.metastore.api.UnknownOutcomeException;
import io.metastore.api.storage.StorageException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for answers on the caller's thread. */
final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  /** Whoever answers keeps the time; this is for an answer that gets lost. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private Answers() {}

  /**
   * The answer to a write. What failed in a way that no request can cause, such as the storage
   * engine, may have done it.
   */
  static <T> T ofWrite(CompletableFuture<T> answer, Duration timeout) {
    try {
      return answer.get(timeout.plus(GRACE).toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MetastoreException failure) {
        throw failure;
      }
      throw unexpected(e.getCause());
    } catch (TimeoutException e) {
      throw MetastoreException.of(ErrorCode.TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MetastoreException.of(ErrorCode.CANCELED);
    }
  }

  private static MetastoreException unexpected(@Nullable Throwable failure) {
    if (failure instanceof StorageException) {
      // It names the file and what to do; where in the code it was met says nothing more.
      LOG.atError().addKeyValue("because", failure.getMessage()).log("storage fails a call");
      return new UnknownOutcomeException(ErrorCode.OTHER, "storage: " + failure.getMessage());
    }
    LOG.error("call failed unexpectedly", failure);
    return new UnknownOutcomeException(ErrorCode.OTHER, "failed unexpectedly: " + failure);
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
