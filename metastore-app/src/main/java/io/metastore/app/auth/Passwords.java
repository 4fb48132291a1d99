package io.metastore.app.auth;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Hashes passwords with bcrypt and checks them, in the form that etcd stores ({@code $2a$}). Each
 * takes tens of milliseconds of one processor on purpose, so half of them do it, and only so many
 * may wait.
 *
 * <p>Thread-safe; nothing blocks.
 */
public final class Passwords implements AutoCloseable {
  /** What bcrypt can take; it would pass over the rest. */
  private static final int PASSWORD_BYTES_MAX = 72;

  private static final int WAITING_MAX = 1000;
  private static final long IDLE_SECONDS = 10;

  private final int cost;
  private final ThreadPoolExecutor threads;

  /**
   * Creates it.
   *
   * @param cost of a new hash, 4 to 31: one more takes twice the time
   */
  public Passwords(int cost) {
    this.cost = cost;
    int count = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            Thread.ofPlatform().daemon().name("passwords-", 0).factory());
    // Logins are rare: no thread waits for the next one for long.
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Hashes a password.
   *
   * @return the hash in Base64, as etcd's log has it; fails with {@code PASSWORD_TOO_LONG}
   */
  public CompletableFuture<String> hash(String password) {
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > PASSWORD_BYTES_MAX) {
      return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.PASSWORD_TOO_LONG));
    }
    return run(
        () ->
            Base64.getEncoder()
                .encodeToString(
                    BCrypt.with(
                            BCrypt.Version.VERSION_2A,
                            LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A))
                        .hash(cost, bytes)));
  }

  /** Whether a password has a hash; none has one that is no bcrypt hash. */
  public CompletableFuture<Boolean> matches(String password, byte[] hash) {
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    return run(
        () ->
            hash.length > 0
                && BCrypt.verifyer(
                        BCrypt.Version.VERSION_2A,
                        LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2A))
                    .verify(bytes, hash)
                    .verified);
  }

  private <T> CompletableFuture<T> run(Callable<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              done.complete(work.call());
            } catch (Exception e) {
              done.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          MetastoreException.of(
              threads.isShutdown() ? ErrorCode.STOPPED : ErrorCode.REQUEST_TOO_MANY_REQUESTS));
    }
    return done;
  }

  /** Takes no more; what waits is done. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
