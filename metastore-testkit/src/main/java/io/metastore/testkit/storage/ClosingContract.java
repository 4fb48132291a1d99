package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageSizes;
import io.metastore.api.storage.StorageView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is left after an end, and the figures on the way there. */
abstract class ClosingContract extends EngineCase {
  @Test
  void closedEngineRefusesEverything() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 10);
    engine.close();
    Path checkpoint = temp.resolve("checkpoint");
    assertThrows(IllegalStateException.class, () -> engine.commit(NumberedBatches.batch(11)));
    assertThrows(IllegalStateException.class, engine::view);
    assertThrows(IllegalStateException.class, engine::flush);
    assertThrows(IllegalStateException.class, () -> engine.checkpoint(checkpoint));
    assertThrows(IllegalStateException.class, engine::sizes);
    assertThrows(IllegalStateException.class, engine::statistics);
    assertFalse(Files.exists(checkpoint));
  }

  @Test
  void engineMayBeClosedTwiceAndByManyThreads() throws Exception {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 10);
    try (Together threads = new Together()) {
      for (int i = 0; i < 4; i++) {
        threads.run(
            () -> {
              engine.close();
              return null;
            });
      }
      threads.join();
    }
    engine.close();
    open().close();
    // The second engine's directory is not freed by the first one's close.
    StorageEngine second = open();
    engine.close();
    assertRefused(directory(), () -> open().close());
    second.close();
  }

  @Test
  void viewsAndCursorsLeftOpenFailCleanlyAfterClose() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 300);
    StorageView view = engine.view();
    Cursor cursor = view.scan(Keyspace.LOG, KeyRange.all(), ScanDirection.FORWARD);
    assertTrue(cursor.next());
    engine.close();
    assertThrows(IllegalStateException.class, () -> view.get(Keyspace.LOG, bytes(1)));
    assertThrows(
        IllegalStateException.class,
        () -> view.scan(Keyspace.LOG, KeyRange.all(), ScanDirection.BACKWARD));
    assertThrows(IllegalStateException.class, cursor::next);
    cursor.close();
    view.close();
    open().close();
  }

  @Test
  void closeDuringReadsEndsThemCleanly() throws Exception {
    for (int round = 0; round < 10; round++) {
      StorageEngine engine = open();
      commitNumbered(engine, 1, 100);
      CountDownLatch reading = new CountDownLatch(4);
      try (Together threads = new Together()) {
        StorageView shared = engine.view();
        for (int i = 0; i < 2; i++) {
          threads.run(() -> readUntilClosed(reading, all -> NumberedBatches.count(shared)));
          threads.run(() -> readUntilClosed(reading, all -> walk(shared)));
        }
        threads.run(() -> readUntilClosed(new CountDownLatch(1), all -> viewAndWalk(engine)));
        threads.run(() -> readUntilClosed(new CountDownLatch(1), all -> engine.statistics()));
        reading.await();
        engine.close();
        threads.join();
      }
    }
  }

  private static Object readUntilClosed(CountDownLatch started, Consumer<Object> read) {
    try {
      while (true) {
        read.accept(started);
        started.countDown();
      }
    } catch (IllegalStateException e) {
      started.countDown();
      return e;
    }
  }

  private static void viewAndWalk(StorageEngine engine) {
    try (StorageView view = engine.view()) {
      walk(view);
    }
  }

  private static void walk(StorageView view) {
    try (Cursor cursor = view.scan(Keyspace.LOG, KeyRange.all(), ScanDirection.BACKWARD)) {
      while (cursor.next()) {
        assertEquals(Long.BYTES, cursor.key().length);
      }
    }
  }

  @Test
  void closeDuringCommitsAndFlushesKeepsWholeBatches() throws Exception {
    for (int round = 0; round < 5; round++) {
      StorageEngine engine = open();
      long first;
      try (StorageView view = engine.view()) {
        first = NumberedBatches.count(view) + 1;
      }
      AtomicLong next = new AtomicLong(first);
      CountDownLatch writing = new CountDownLatch(50);
      try (Together threads = new Together()) {
        threads.run(
            () ->
                readUntilClosed(
                    writing,
                    all -> {
                      engine.commit(NumberedBatches.batch(next.get()));
                      next.incrementAndGet();
                    }));
        threads.run(() -> readUntilClosed(new CountDownLatch(1), all -> engine.flush()));
        writing.await();
        engine.close();
        threads.join();
      }
      StorageEngine reopened = open();
      try (StorageView view = reopened.view()) {
        long count = NumberedBatches.count(view);
        assertTrue(count <= next.get(), "reopened at " + count);
        NumberedBatches.after(count).assertIn(view, "reopened at " + count);
      }
      reopened.close();
    }
  }

  @Test
  void closeLeavesNoThreadAndNoOpenFile() throws Exception {
    // The first rounds load classes and libraries, which stay.
    for (int i = 0; i < 3; i++) {
      openUseAndClose(i);
    }
    OpenThings before = OpenThings.now(temp);
    for (int i = 3; i < 33; i++) {
      openUseAndClose(i);
    }
    // The JVM itself opens a jar now and then; a leak would show thirty times.
    OpenThings.now(temp).assertNoMoreThan(before, 15);
  }

  private void openUseAndClose(int round) throws IOException {
    StorageEngine engine = open();
    try (StorageView view = engine.view()) {
      long count = NumberedBatches.count(view);
      commitNumbered(engine, count + 1, count + 20);
      walk(view);
    }
    engine.flush();
    Path checkpoint = temp.resolve("checkpoint-" + round);
    engine.checkpoint(checkpoint);
    engine.close();
    delete(checkpoint);
  }

  @Test
  void sizesFollowWhatIsStored() {
    StorageEngine engine = open();
    StorageSizes empty = engine.sizes();
    byte[] value = new byte[100_000];
    new Random(1).nextBytes(value);
    for (int i = 0; i < 50; i++) {
      int key = i;
      commit(engine, batch -> batch.put(Keyspace.CURRENT, bytes(key), value));
    }
    StorageSizes full = engine.sizes();
    assertTrue(
        full.totalBytes() >= empty.totalBytes() + 4_000_000,
        () -> "5 MB more, but from " + empty + " to " + full);
    engine.flush();
    StorageSizes flushed = engine.sizes();
    assertTrue(
        flushed.inUseBytes() >= 4_000_000 && flushed.inUseBytes() <= flushed.totalBytes(),
        flushed::toString);
  }

  @Test
  void statisticsHavePlainNames() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 100);
    Map<String, Long> statistics = engine.statistics();
    for (String name : statistics.keySet()) {
      assertTrue(name.matches("[a-z][a-z0-9_]*"), name);
    }
  }
}
