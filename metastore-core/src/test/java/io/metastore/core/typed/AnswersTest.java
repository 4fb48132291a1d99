package io.metastore.core.typed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.UnavailableException;
import io.metastore.api.UnknownOutcomeException;
import io.metastore.api.storage.StorageException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What callers get for answers that fail. */
final class AnswersTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private static CompletableFuture<String> failed(RuntimeException failure) {
    // As the stages of a node fail.
    return CompletableFuture.completedFuture("")
        .thenApply(
            answer -> {
              throw failure;
            });
  }

  @Test
  void readThatMeetsAStorageFailureIsUnavailableAndSaysWhy() {
    CompletableFuture<String> answer = failed(new StorageException("000012.sst is damaged"));
    MetastoreException e =
        assertThrows(UnavailableException.class, () -> Answers.ofRead(answer, TIMEOUT));
    assertEquals(ErrorCode.OTHER, e.code());
    assertTrue(String.valueOf(e.getMessage()).contains("000012.sst is damaged"), e::toString);
  }

  @Test
  void writeThatMeetsAStorageFailureMayHaveHappened() {
    CompletableFuture<String> answer = failed(new StorageException("the disk is full"));
    MetastoreException e =
        assertThrows(UnknownOutcomeException.class, () -> Answers.ofWrite(answer, TIMEOUT));
    assertTrue(String.valueOf(e.getMessage()).contains("the disk is full"), e::toString);
  }

  @Test
  void ourOwnFaultStaysInTheHierarchy() {
    CompletableFuture<String> answer = failed(new IllegalStateException("1 is not 2"));
    assertThrows(UnavailableException.class, () -> Answers.ofRead(answer, TIMEOUT));
    assertThrows(UnknownOutcomeException.class, () -> Answers.ofWrite(answer, TIMEOUT));
  }
}
