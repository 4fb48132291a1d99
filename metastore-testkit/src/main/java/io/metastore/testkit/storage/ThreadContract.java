package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which thread may do what, and what it costs the others. */
abstract class ThreadContract extends EngineCase {
  private static final int MANY_KEYS = 100_000;

  @Test
  void commitsMayComeFromOneThreadAfterTheOther() throws Exception {
    StorageEngine engine = open();
    for (int i = 0; i < 20; i++) {
      long first = 10L * i + 1;
      try (Together thread = new Together()) {
        thread.run(
            () -> {
              commitNumbered(engine, first, first + 9);
              return null;
            });
        thread.join();
      }
    }
    try (StorageView view = engine.view()) {
      NumberedBatches.after(200).assertIn(view, "committed by twenty threads");
    }
  }

  @Test
  void threadThatIsInterruptedIsServedAndStaysInterrupted() throws Exception {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 300);
    engine.flush();
    try (Together threads = new Together()) {
      threads.run(
          () -> {
            Thread.currentThread().interrupt();
            commitNumbered(engine, 301, 400);
            engine.flush();
            engine.checkpoint(temp.resolve("checkpoint"));
            try (StorageView view = engine.view()) {
              NumberedBatches.after(400).assertIn(view, "read by an interrupted thread");
            }
            assertTrue(Thread.interrupted(), "the thread is not interrupted any more");
            return null;
          });
      threads.join();
    }
    // Nor does it do harm to others.
    commitNumbered(engine, 401, 500);
    engine.flush();
    engine.close();
    provider().restore(temp.resolve("checkpoint"), temp.resolve("restored"));
    try (StorageView view = open().view();
        StorageView image = open(temp.resolve("restored")).view()) {
      NumberedBatches.after(500).assertIn(view, "reopened");
      NumberedBatches.after(400).assertIn(image, "restored");
    }
  }

  @Test
  void openRestoreCloseAndFiguresServeAnInterruptedThread() throws Exception {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 100);
    engine.checkpoint(temp.resolve("checkpoint"));
    engine.close();
    Path restored = temp.resolve("restored");
    try (Together threads = new Together()) {
      threads.run(
          () -> {
            Thread.currentThread().interrupt();
            provider().restore(temp.resolve("checkpoint"), restored);
            assertInterrupted("restore");
            StorageEngine copy = open(restored);
            assertInterrupted("open");
            assertTrue(copy.sizes().totalBytes() >= 0);
            assertInterrupted("sizes");
            copy.statistics();
            assertInterrupted("statistics");
            copy.close();
            assertInterrupted("close");
            return null;
          });
      threads.join();
    }
    try (StorageView view = open(restored).view()) {
      NumberedBatches.after(100).assertIn(view, "restored by an interrupted thread");
    }
  }

  private static void assertInterrupted(String method) {
    assertTrue(Thread.currentThread().isInterrupted(), method + " forgot the interrupt");
  }

  @Test
  void figuresMayBeAskedForWhileCommitsFlushesAndCheckpointsRun() throws Exception {
    StorageEngine engine = open();
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong asked = new AtomicLong();
    try (Together threads = new Together()) {
      threads.run(
          () -> {
            while (!done.get()) {
              assertTrue(engine.sizes().totalBytes() >= 0);
              engine.statistics();
              asked.incrementAndGet();
            }
            return null;
          });
      threads.run(
          () -> {
            for (int i = 0; i < 5 || asked.get() < 20; i++) {
              commitNumbered(engine, 20L * i + 1, 20L * i + 20);
              engine.flush();
              engine.checkpoint(temp.resolve("checkpoint-" + i));
            }
            done.set(true);
            return null;
          });
      threads.join();
    }
  }

  @Test
  void providerMayBeUsedByManyThreads() throws Exception {
    CountDownLatch open = new CountDownLatch(4);
    try (Together threads = new Together()) {
      for (int i = 0; i < 4; i++) {
        Path directory = Files.createDirectory(temp.resolve("store-" + i));
        long last = 10L * (i + 1);
        threads.run(
            () -> {
              StorageEngine engine = provider().open(StorageOptions.of(directory));
              open.countDown();
              open.await();
              commitNumbered(engine, 1, last);
              try (StorageView view = engine.view()) {
                assertEquals(last, NumberedBatches.count(view));
              } finally {
                engine.close();
              }
              return null;
            });
      }
      threads.join();
    }
  }

  /** Some may be slowed down by noise; a copy of so many keys slows each of them. */
  @Test
  void viewCostsTheSameHoweverMuchIsStored() {
    StorageEngine engine = open();
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < MANY_KEYS; i++) {
      batch.put(Keyspace.CURRENT, ByteBuffer.allocate(Integer.BYTES).putInt(i).array(), bytes(i));
    }
    engine.commit(batch);
    // The quickest of many: whatever else the machine does, some are not disturbed.
    long view = quickest(200, () -> engine.view().close());
    long scan = quickest(10, () -> scanAll(engine));
    assertTrue(
        view < scan / 10, () -> "a view takes " + view + " ns, a scan of all " + scan + " ns");
  }

  private static void scanAll(StorageEngine engine) {
    try (StorageView view = engine.view();
        Cursor cursor = view.scan(Keyspace.CURRENT, KeyRange.all(), ScanDirection.FORWARD)) {
      int keys = 0;
      while (cursor.next()) {
        keys++;
      }
      assertEquals(MANY_KEYS, keys);
    }
  }

  private static long quickest(int times, Runnable work) {
    long quickest = Long.MAX_VALUE;
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      work.run();
      quickest = Math.min(quickest, System.nanoTime() - start);
    }
    return quickest;
  }
}
