package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a view sees, and when. */
abstract class ViewContract extends EngineCase {
  @Test
  void viewSeesNothingCommittedAfterIt() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 300);
    try (StorageView view = engine.view();
        Cursor cursor = view.scan(Keyspace.LOG, KeyRange.all(), ScanDirection.FORWARD)) {
      assertTrue(cursor.next());
      commitNumbered(engine, 301, 700);
      NumberedBatches.after(300).assertIn(view, "view at 300");
      engine.flush();
      NumberedBatches.after(300).assertIn(view, "view at 300 after a flush");
      int entries = 1;
      while (cursor.next()) {
        entries++;
      }
      assertEquals(200, entries, "entries of a cursor that was open during commits");
    }
    try (StorageView view = engine.view()) {
      NumberedBatches.after(700).assertIn(view, "view at 700");
    }
  }

  @Test
  void viewsOfManyMomentsLiveTogether() {
    StorageEngine engine = open();
    List<StorageView> views = new ArrayList<>();
    for (int n = 0; n <= 250; n += 10) {
      views.add(engine.view());
      commitNumbered(engine, n + 1L, n + 10L);
    }
    for (int i = 0; i < views.size(); i++) {
      NumberedBatches.after(10L * i).assertIn(views.get(i), "view " + i);
      // In turn with the reads, so that closing one is seen not to hurt the others.
      views.get(i).close();
    }
  }

  @Test
  void everyViewHoldsWholeBatchesWhileCommitsGoOn() throws Exception {
    long last = 3_000;
    StorageEngine engine = open();
    AtomicLong committed = new AtomicLong();
    try (Together threads = new Together()) {
      for (int reader = 0; reader < 3; reader++) {
        threads.run(
            () -> {
              long seen = 0;
              while (seen < last) {
                long before = committed.get();
                try (StorageView view = engine.view()) {
                  seen = NumberedBatches.count(view);
                  assertTrue(seen >= before, "view at " + seen + " misses commit " + before);
                  NumberedBatches.after(seen).assertIn(view, "view at " + seen);
                }
              }
              return null;
            });
      }
      threads.run(
          () -> {
            for (long n = 1; n <= last; n++) {
              engine.commit(NumberedBatches.batch(n));
              committed.set(n);
            }
            return null;
          });
      threads.join();
    }
  }

  @Test
  void manyThreadsReadOneViewWhileCommitsGoOn() throws Exception {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 500);
    AtomicBoolean done = new AtomicBoolean();
    try (Together threads = new Together();
        StorageView view = engine.view()) {
      CountDownLatch readers = new CountDownLatch(8);
      for (int reader = 0; reader < 8; reader++) {
        threads.run(
            () -> {
              for (int round = 0; round < 10; round++) {
                NumberedBatches.after(500).assertIn(view, "shared view");
              }
              readers.countDown();
              return null;
            });
      }
      threads.run(
          () -> {
            for (long n = 501; !done.get(); n++) {
              engine.commit(NumberedBatches.batch(n));
              if (n % 500 == 0) {
                engine.flush();
              }
            }
            return null;
          });
      threads.run(
          () -> {
            readers.await();
            done.set(true);
            return null;
          });
      threads.join();
    }
  }

  @Test
  void openViewDoesNotStopCommitsFlushesAndCheckpoints() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 10);
    try (StorageView view = engine.view()) {
      for (int round = 1; round <= 5; round++) {
        commitNumbered(engine, 10L * round + 1, 10L * round + 10);
        engine.flush();
        engine.checkpoint(temp.resolve("checkpoint-" + round));
      }
      NumberedBatches.after(10).assertIn(view, "view at 10");
    }
  }

  @Test
  void cursorMayBeHandedFromThreadToThread() throws Exception {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 100);
    try (StorageView view = engine.view();
        Cursor cursor = view.scan(Keyspace.LOG, KeyRange.all(), ScanDirection.FORWARD)) {
      for (int i = 1; i <= 100; i++) {
        try (Together thread = new Together()) {
          int expected = i;
          thread.run(
              () -> {
                assertTrue(cursor.next());
                assertArrayEquals(bytes(0, 0, 0, 0, 0, 0, 0, expected), cursor.key());
                return null;
              });
          thread.join();
        }
      }
    }
  }

  @Test
  void valueStaysAsItWasRead() {
    StorageEngine engine = open();
    commit(engine, batch -> batch.put(Keyspace.CURRENT, text("a"), text("1")));
    byte[] value;
    try (StorageView view = engine.view()) {
      value = view.get(Keyspace.CURRENT, text("a")).orElseThrow();
    }
    commit(engine, batch -> batch.put(Keyspace.CURRENT, text("a"), text("2")));
    engine.close();
    assertArrayEquals(text("1"), value);
  }

  @Test
  void closedViewRefusesReadsAndMayBeClosedTwice() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 10);
    StorageView view = engine.view();
    view.close();
    view.close();
    assertThrows(IllegalStateException.class, () -> view.get(Keyspace.LOG, bytes(1)));
    assertThrows(
        IllegalStateException.class,
        () -> view.scan(Keyspace.LOG, KeyRange.all(), ScanDirection.FORWARD));
    assertThrows(
        IllegalStateException.class,
        () -> view.scan(Keyspace.LOG, KeyRange.of(bytes(2), bytes(1)), ScanDirection.FORWARD));
    try (StorageView other = engine.view()) {
      NumberedBatches.after(10).assertIn(other, "another view");
    }
  }

  @Test
  void cursorThatOutlivesItsViewFailsCleanly() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 10);
    StorageView view = engine.view();
    Cursor cursor = view.scan(Keyspace.LOG, KeyRange.all(), ScanDirection.FORWARD);
    assertTrue(cursor.next());
    view.close();
    assertThrows(IllegalStateException.class, cursor::next);
    cursor.close();
  }
}
