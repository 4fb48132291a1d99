package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.metastore.api.Keys;
import io.metastore.api.Metastore;
import io.metastore.api.MetastoreException;
import io.metastore.api.OpenOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection that is closed while others are using it. */
@Timeout(120)
final class CloseTest {
  private static final int ROUNDS = 200;

  /** Uses a store until that fails, and gives the failure. */
  private static Throwable failure(Runnable use, CountDownLatch begun) {
    while (true) {
      try {
        use.run();
        begun.countDown();
      } catch (Throwable e) {
        return e;
      }
    }
  }

  @Test
  void callsThatBeginWhileItClosesFailAsOthersDo() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Metastore server = Metastore.open(OpenOptions.inMemory().servingClients(any));
        ExecutorService users = Executors.newCachedThreadPool()) {
      for (int round = 0; round < ROUNDS; round++) {
        Metastore store = Metastore.connect(server.endpoints().getFirst().toString());
        List<Runnable> uses =
            List.of(
                () -> store.put("a", "b"),
                () -> store.watch(Keys.all()).close(),
                () -> store.watch(Keys.all()).close());
        CountDownLatch begun = new CountDownLatch(uses.size());
        List<Future<Throwable>> failures = new ArrayList<>();
        for (Runnable use : uses) {
          failures.add(users.submit(() -> failure(use, begun)));
        }
        begun.await();
        store.close();
        for (Future<Throwable> failure : failures) {
          assertInstanceOf(MetastoreException.class, failure.get());
        }
      }
    }
  }
}
