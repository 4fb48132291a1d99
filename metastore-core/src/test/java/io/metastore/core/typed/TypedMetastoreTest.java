package io.metastore.core.typed;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.Lease;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseKeepAliveResponse;
import io.metastore.core.message.LeaseRevokeResponse;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A store whose answers are made up. */
final class TypedMetastoreTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final long SOON_SECONDS = 20;

  private final AtomicInteger renewals = new AtomicInteger();
  private final CountDownLatch renewedAgain = new CountDownLatch(4);

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
                              .setTTL(2)
                              .build());
                  case "leaseKeepAlive" -> renewal();
                  case "leaseRevoke" ->
                      CompletableFuture.completedFuture(LeaseRevokeResponse.getDefaultInstance());
                  default -> throw new UnsupportedOperationException(method.getName());
                });
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
        LeaseKeepAliveResponse.newBuilder().setID(7).setTTL(2).build());
  }

  @Test
  void renewalThatFailsInAnUnknownWayEndsNoLease() throws Exception {
    TypedMetastore store = new TypedMetastore(calls(), TIMEOUT, List.of(), () -> {});
    try (Lease one = store.lease(TIMEOUT);
        Lease other = store.lease(TIMEOUT)) {
      assertTrue(renewedAgain.await(SOON_SECONDS, TimeUnit.SECONDS), "renewed no more");
      assertTrue(one.isAlive() && other.isAlive());
      assertTrue(store.lease(TIMEOUT).isAlive());
    } finally {
      store.close();
    }
    assertFalse(renewals.get() < 6);
  }
}
