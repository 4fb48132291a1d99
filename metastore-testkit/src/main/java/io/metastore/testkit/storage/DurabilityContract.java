package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is there again after an end, orderly or not. */
abstract class DurabilityContract extends EngineCase {
  private static final int CRASHES = 8;

  @Test
  void flushedCommitsAreThereAfterReopening() {
    for (long n = 0; n < 1_000; n += 250) {
      StorageEngine engine = open();
      try (StorageView view = engine.view()) {
        NumberedBatches.after(n).assertIn(view, "reopened at " + n);
      }
      commitNumbered(engine, n + 1, n + 250);
      engine.flush();
      try (StorageView view = engine.view()) {
        NumberedBatches.after(n + 250).assertIn(view, "flushed at " + (n + 250));
      }
      engine.close();
    }
  }

  @Test
  void closeWithoutFlushLosesOnlyWholeBatchesFromTheEnd() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 100);
    engine.flush();
    commitNumbered(engine, 101, 150);
    engine.close();
    try (StorageView view = open().view()) {
      long count = NumberedBatches.count(view);
      assertTrue(count >= 100 && count <= 150, "reopened at " + count);
      NumberedBatches.after(count).assertIn(view, "reopened at " + count);
    }
  }

  @Test
  void everyKeyspaceIsThereAfterReopening() {
    StorageEngine engine = open();
    commit(
        engine,
        batch -> {
          for (Keyspace keyspace : Keyspace.values()) {
            batch.put(keyspace, bytes(), text(keyspace.name()));
            batch.put(keyspace, bytes(0xFF), bytes());
          }
        });
    engine.flush();
    engine.close();
    Model model = new Model();
    for (Keyspace keyspace : Keyspace.values()) {
      model.put(keyspace, bytes(), text(keyspace.name()));
      model.put(keyspace, bytes(0xFF), bytes());
    }
    try (StorageView view = open().view()) {
      model.assertIn(view, "reopened");
    }
  }

  @Test
  void deletedKeysStayDeletedAfterReopening() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 50);
    engine.flush();
    commit(
        engine,
        batch ->
            NumberedBatches.after(50)
                .map(Keyspace.LOG)
                .keySet()
                .forEach(key -> batch.delete(Keyspace.LOG, key)));
    engine.flush();
    engine.close();
    Model model = NumberedBatches.after(50);
    model.map(Keyspace.LOG).clear();
    try (StorageView view = open().view()) {
      model.assertIn(view, "reopened");
    }
  }

  @Test
  void emptyStoreCanBeFlushedAndReopened() {
    StorageEngine engine = open();
    engine.flush();
    engine.flush();
    engine.close();
    try (StorageView view = open().view()) {
      new Model().assertIn(view, "reopened");
    }
  }

  @Test
  void commitsAndReadsGoOnWhileFlushesRun() throws Exception {
    StorageEngine engine = open();
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong flushes = new AtomicLong();
    AtomicLong last = new AtomicLong();
    try (Together threads = new Together()) {
      for (int i = 0; i < 2; i++) {
        threads.run(
            () -> {
              while (!done.get()) {
                engine.flush();
                flushes.incrementAndGet();
              }
              return null;
            });
      }
      threads.run(
          () -> {
            for (long n = 1; flushes.get() < 20 || n <= 500; n++) {
              engine.commit(NumberedBatches.batch(n));
              last.set(n);
              try (StorageView view = engine.view()) {
                assertEquals(n, NumberedBatches.count(view));
              }
            }
            done.set(true);
            return null;
          });
      threads.join();
    }
    engine.flush();
    engine.close();
    try (StorageView view = open().view()) {
      NumberedBatches.after(last.get()).assertIn(view, "reopened");
    }
  }

  @Test
  void crashLosesOnlyWholeBatchesFromBehindTheLastFlush() throws Exception {
    Random random = Seed.random("crashLosesOnlyWholeBatchesFromBehindTheLastFlush");
    long before = 0;
    for (int crash = 1; crash <= CRASHES; crash++) {
      Process child = Child.start(provider(), directory(), Child.Task.COMMIT, temp);
      try {
        before = killAtRandom(child, before, random, "crash " + crash);
      } finally {
        child.destroyForcibly().waitFor();
      }
      delete(temp.resolve("child"));
    }
  }

  private long killAtRandom(Process child, long before, Random random, String where)
      throws Exception {
    Child.Lines lines = new Child.Lines(child);
    String opened = lines.next();
    assertEquals(Child.OPENED + before, opened, where + ": what the child found");
    long flushed = before;
    long committed = before;
    int kill = 1 + random.nextInt(random.nextBoolean() ? 50 : 3_000);
    int seen = 0;
    for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
      if (++seen == kill) {
        // By its handle: Process.destroyForcibly would throw away what the child has said so far.
        child.toHandle().destroyForcibly();
      }
      if (line.startsWith(Child.FLUSHED)) {
        flushed = Long.parseLong(line.substring(Child.FLUSHED.length()));
      } else if (line.startsWith(Child.COMMITTED)) {
        committed = Long.parseLong(line.substring(Child.COMMITTED.length()));
      } else {
        throw new AssertionError(where + ": unexpected line of the child: " + line);
      }
    }
    assertTrue(seen >= kill, where + ": the child ended by itself after " + seen + " lines");
    child.waitFor();
    StorageEngine engine = open();
    try (StorageView view = engine.view()) {
      long count = NumberedBatches.count(view);
      String state = where + ": flushed " + flushed + ", committed " + committed + ", is " + count;
      // The last commit may have returned without its line.
      assertTrue(count >= flushed && count <= committed + 1, state);
      NumberedBatches.after(count).assertIn(view, state);
      return count;
    } finally {
      engine.close();
    }
  }
}
