package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** What a process that is killed while it writes or restores checkpoints leaves behind. */
abstract class CrashContract extends EngineCase {
  private static final int MICROS_MAX = 10_000;
  private static final int APPEARS_MILLIS_MAX = 5_000;

  /** How many checkpoints or restores of a child had ended, and that it had begun the next. */
  private int killAtRandom(Child.Task task, IntFunction<Path> targets, Random random)
      throws Exception {
    Process child = Child.start(provider(), directory(), task, temp);
    try {
      Child.Lines lines = new Child.Lines(child);
      assertEquals(Child.OPENED + Child.BATCHES, lines.next(), "what the child found");
      int ended = 1;
      assertEquals(Child.DONE + ended, lines.next());
      // Somewhere in the middle of the next one, which an engine may move to its place at the end.
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(APPEARS_MILLIS_MAX);
      while (!Files.exists(targets.apply(ended + 1))
          && !lines.isThere()
          && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      TimeUnit.MICROSECONDS.sleep(random.nextInt(MICROS_MAX));
      child.toHandle().destroyForcibly();
      for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
        assertEquals(Child.DONE + ++ended, line);
      }
      return ended;
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private void fill() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, Child.BATCHES);
    engine.flush();
    engine.close();
  }

  private void assertHolds(Path directory) {
    StorageEngine engine = open(directory);
    try (StorageView view = engine.view()) {
      NumberedBatches.after(Child.BATCHES).assertIn(view, directory.toString());
    }
    engine.close();
  }

  @Test
  void checkpointThatWasCutShortByACrashIsWholeOrRefused() throws Exception {
    Random random = Seed.random("checkpointThatWasCutShortByACrashIsWholeOrRefused");
    fill();
    int ended = killAtRandom(Child.Task.CHECKPOINT, n -> Child.checkpoint(directory(), n), random);
    for (int n = 1; n <= ended + 1; n++) {
      Path checkpoint = Child.checkpoint(directory(), n);
      Path restored = temp.resolve("restored-" + n);
      try {
        provider().restore(checkpoint, restored);
      } catch (StorageException e) {
        assertTrue(n > ended, "checkpoint " + n + " of " + ended + ": " + e.getMessage());
        assertTrue(!Files.exists(restored), "left by a failed restore: " + restored);
        continue;
      }
      assertHolds(restored);
    }
    assertHolds(directory());
  }

  @Test
  void restoreThatWasCutShortByACrashIsWholeOrNoStore() throws Exception {
    Random random = Seed.random("restoreThatWasCutShortByACrashIsWholeOrNoStore");
    fill();
    int ended = killAtRandom(Child.Task.RESTORE, n -> Child.restored(directory(), n), random);
    for (int n = 1; n <= ended + 1; n++) {
      Path restored = Child.restored(directory(), n);
      if (n <= ended) {
        assertHolds(restored);
      } else if (Files.exists(restored)) {
        assertWholeOrNone(restored);
      }
    }
    // The checkpoint is left as it is.
    Path again = temp.resolve("again");
    provider().restore(Child.checkpoint(directory(), 0), again);
    assertHolds(again);
  }

  private void assertWholeOrNone(Path restored) {
    StorageEngine engine;
    try {
      engine = open(restored);
    } catch (StorageException e) {
      return;
    }
    try (StorageView view = engine.view()) {
      long count = NumberedBatches.count(view);
      assertTrue(count == 0 || count == Child.BATCHES, "a part of a checkpoint: " + count);
      NumberedBatches.after(count).assertIn(view, "restored by a process that was killed");
    } finally {
      engine.close();
    }
  }
}
