package io.metastore.core.typed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.Keys;
import io.metastore.api.Lease;
import io.metastore.api.RefusedException;
import io.metastore.api.storage.StorageException;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseKeepAliveResponse;
import io.metastore.core.message.LeaseRevokeResponse;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.watch.WatchStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A store whose answers are made up. */
final class TypedMetastoreTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final long SOON_SECONDS = 20;

  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private final AtomicInteger renewals = new AtomicInteger();
  private final CountDownLatch renewedAgain = new CountDownLatch(2);

  private StoreCalls calls() {
    return (StoreCalls)
        Proxy.newProxyInstance(
            StoreCalls.class.getClassLoader(),
            new Class<?>[] {StoreCalls.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "leaseGrant" ->
                      CompletableFuture.completedFuture(
                          LeaseGrantResponse.newBuilder()
                              .setID(renewals.get() + 7)
                              .setTTL(6)
                              .build());
                  case "leaseKeepAlive" -> renewal();
                  case "watch" -> new StuckStream();
                  case "leaseRevoke" ->
                      CompletableFuture.completedFuture(LeaseRevokeResponse.getDefaultInstance());
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  /** A stream that does not close. */
  private static final class StuckStream implements WatchStream {
    @Override
    public void request(WatchRequest request) {}

    @Override
    public void ready() {}

    @Override
    public void end(ErrorCode reason) {}

    @Override
    public void close() {
      throw new IllegalStateException("a watch does not close");
    }
  }

  /** The first is no answer, and the second not even a future. */
  private CompletableFuture<LeaseKeepAliveResponse> renewal() {
    int number = renewals.incrementAndGet();
    if (number == 1) {
      return CompletableFuture.failedFuture(new IllegalStateException("1 is not 2"));
    }
    if (number == 2) {
      throw new IllegalStateException("2 is not 1");
    }
    renewedAgain.countDown();
    return CompletableFuture.completedFuture(
        LeaseKeepAliveResponse.newBuilder().setID(7).setTTL(6).build());
  }

  private TypedMetastore store(Runnable closer) {
    return new TypedMetastore(calls(), TIMEOUT, List.of(), stopped, closer);
  }

  @Test
  void storeThatStoppedByItselfSaysWhyAndRefuses() throws Exception {
    try (TypedMetastore store = store(() -> {})) {
      assertEquals(Optional.empty(), store.failure());
      StorageException cause = new StorageException("the disk is gone");
      stopped.completeExceptionally(cause);
      store.awaitEnd();
      assertEquals(Optional.of(cause), store.failure());
      RefusedException refused = assertThrows(RefusedException.class, () -> store.get("a"));
      assertEquals(ErrorCode.STOPPED, refused.code());
      assertTrue(String.valueOf(refused.getMessage()).contains("the disk is gone"));
    }
  }

  @Test
  void closingGoesOnBehindWhatDoesNotClose() throws Exception {
    AtomicInteger closes = new AtomicInteger();
    TypedMetastore store =
        store(
            () -> {
              closes.incrementAndGet();
              throw new IllegalStateException("the node does not close");
            });
    store.watch(Keys.one("a"));
    store.watch(Keys.one("b"));
    IllegalStateException failure = assertThrows(IllegalStateException.class, store::close);
    assertEquals("a watch does not close", failure.getMessage());
    assertEquals(2, failure.getSuppressed().length);
    assertEquals(1, closes.get());
    store.close();
    store.awaitEnd();
    assertEquals(1, closes.get());
  }

  @Test
  void renewalThatFailsInAnUnknownWayEndsNoLease() throws Exception {
    TypedMetastore store = store(() -> {});
    try (Lease one = store.lease(TIMEOUT);
        Lease other = store.lease(TIMEOUT)) {
      assertTrue(renewedAgain.await(SOON_SECONDS, TimeUnit.SECONDS), "renewed no more");
      assertTrue(one.isAlive() && other.isAlive());
      assertTrue(store.lease(TIMEOUT).isAlive());
    } finally {
      store.close();
    }
    assertFalse(renewals.get() < 4);
  }
}
