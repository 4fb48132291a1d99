package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.metastore.api.Bytes;
import io.metastore.api.Election;
import io.metastore.api.ErrorCode;
import io.metastore.api.Metastore;
import io.metastore.api.MetastoreException;
import io.metastore.api.OpenOptions;
import io.metastore.api.Put;
import io.metastore.api.RefusedException;
import io.metastore.api.UnavailableException;
import io.metastore.api.Watch;
import io.metastore.api.WatchOptions;
import io.metastore.api.WatchOutcome;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Elections on a store that fails now and then. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ElectionTest {
  private static final long SOON_SECONDS = 15;
  private static final String NAME = "/leader";

  private Metastore store;
  // The next range fails.
  private final AtomicBoolean rangeFails = new AtomicBoolean();
  // What the next watch becomes.
  private final AtomicReference<Optional<Function<WatchOptions, Watch>>> nextWatch =
      new AtomicReference<>(Optional.empty());

  @BeforeEach
  void open() {
    store = Metastore.open(OpenOptions.inMemory());
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** The store, with the failures that are wanted. */
  private Metastore flaky() {
    return (Metastore)
        Proxy.newProxyInstance(
            Metastore.class.getClassLoader(),
            new Class<?>[] {Metastore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("range") && rangeFails.getAndSet(false)) {
                throw new UnavailableException(ErrorCode.NO_LEADER, "not now");
              }
              if (method.isDefault() && !method.getName().equals("get")) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
              }
              if (method.getName().equals("watch")
                  && arguments[0] instanceof WatchOptions options) {
                return nextWatch.getAndSet(Optional.empty()).orElse(store::watch).apply(options);
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }

  /** What another thread gets, so that one that waits for ever is told. */
  private static <T> T soon(Supplier<T> call) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    result.complete(call.get());
                  } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                  }
                });
    try {
      return result.get(SOON_SECONDS, TimeUnit.SECONDS);
    } finally {
      thread.interrupt();
    }
  }

  private void stand(String value) {
    Bytes key = Bytes.of(NAME + "/1");
    store.put(Put.of(key, Bytes.of(value)));
  }

  @Test
  void changeIsNotLostWhenTheStoreCannotBeAskedWhoLeads() throws Exception {
    try (Election.Leaders leaders = flaky().election(NAME).observe()) {
      stand("one");
      rangeFails.set(true);
      assertThrows(UnavailableException.class, leaders::hasNext);
      assertEquals("one", soon(leaders::next).valueText());
    }
  }

  @Test
  void compactionIsGoneOnBehind() throws Exception {
    stand("zero");
    stand("one");
    store.compact(store.status().revision());
    nextWatch.set(Optional.of(options -> store.watch(options.from(1))));
    try (Election.Leaders leaders = flaky().election(NAME).observe()) {
      assertEquals("one", leaders.next().valueText());
      rangeFails.set(true);
      assertThrows(UnavailableException.class, leaders::hasNext);
      stand("two");
      assertEquals("two", soon(leaders::next).valueText());
      stand("three");
      assertEquals("three", soon(leaders::next).valueText());
    }
  }

  @Test
  void closedOneHasNoMoreLeaders() {
    Election.Leaders leaders = store.election(NAME).observe();
    leaders.close();
    assertFalse(leaders.hasNext());
  }

  @Test
  void refusedWatchTellsWhy() {
    MetastoreException cause = MetastoreException.of(ErrorCode.PERMISSION_DENIED);
    nextWatch.set(Optional.of(options -> endedWatch(new WatchOutcome.Failed(cause))));
    try (Election.Leaders leaders = flaky().election(NAME).observe()) {
      assertSame(cause, assertThrows(RefusedException.class, leaders::hasNext));
      assertSame(cause, assertThrows(RefusedException.class, leaders::next));
    }
  }

  private static Watch endedWatch(WatchOutcome outcome) {
    return (Watch)
        Proxy.newProxyInstance(
            Watch.class.getClassLoader(),
            new Class<?>[] {Watch.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "hasNext" -> false;
                  case "outcome" -> Optional.of(outcome);
                  default -> null;
                });
  }
}
