package io.metastore.client;

import io.metastore.api.ConnectOptions.User;
import io.metastore.core.message.AuthenticateRequest;
import io.metastore.core.message.AuthenticateResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The token that the servers know a user by: asked for once, and again when they no longer take it.
 * Thread-safe; nothing blocks.
 */
final class Session {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Connection connection;
  private final User user;
  private final ReentrantLock lock = new ReentrantLock();
  private Optional<CompletableFuture<String>> token = Optional.empty(); // guarded by lock

  Session(Connection connection, User user) {
    this.connection = connection;
    this.user = user;
  }

  /** The token, or why there is none; the same for all who ask until it is forgotten. */
  CompletableFuture<String> token() {
    CompletableFuture<String> asked;
    lock.lock();
    try {
      if (token.isPresent() && !token.get().isCompletedExceptionally()) {
        return token.get();
      }
      asked = new CompletableFuture<>();
      token = Optional.of(asked);
    } finally {
      lock.unlock();
    }
    AuthenticateRequest request =
        AuthenticateRequest.newBuilder().setName(user.name()).setPassword(user.password()).build();
    CompletableFuture<Void> unused =
        Exchange.send(connection, Methods.AUTHENTICATE, request, TIMEOUT, true)
            .handle(
                (AuthenticateResponse answer, Throwable failure) -> {
                  if (failure == null) {
                    asked.complete(answer.getToken());
                  } else {
                    asked.completeExceptionally(failure);
                  }
                  return null;
                });
    return asked;
  }

  /** Gives up a token that a server does not take, unless there is another already. */
  void forget(String refused) {
    lock.lock();
    try {
      if (token.isPresent()
          && token.get().state() == CompletableFuture.State.SUCCESS
          && token.get().resultNow().equals(refused)) {
        token = Optional.empty();
      }
    } finally {
      lock.unlock();
    }
  }

  /** A token that was not used before. */
  CompletableFuture<String> freshToken() {
    lock.lock();
    try {
      if (token.isPresent() && token.get().isDone()) {
        token = Optional.empty();
      }
    } finally {
      lock.unlock();
    }
    return token();
  }
}
