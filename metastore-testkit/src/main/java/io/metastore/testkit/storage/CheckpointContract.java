package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a checkpoint holds, and what becomes of it. */
abstract class CheckpointContract extends EngineCase {
  private Path checkpoint() {
    return temp.resolve("checkpoint");
  }

  private Path restored() {
    return temp.resolve("restored");
  }

  private void assertHolds(Path directory, long n) {
    StorageEngine engine = open(directory);
    try (StorageView view = engine.view()) {
      NumberedBatches.after(n).assertIn(view, directory + " at " + n);
    }
    engine.close();
  }

  @Test
  void restoredStoreHoldsWhatWasCommittedBeforeTheCheckpoint() throws IOException {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 150);
    engine.flush();
    // Behind the flush, so that a checkpoint of the files alone would lack it.
    commitNumbered(engine, 151, 300);
    engine.checkpoint(checkpoint());
    commitNumbered(engine, 301, 350);
    Map<String, String> before = files(checkpoint(), file -> true);
    provider().restore(checkpoint(), restored());
    StorageEngine copy = open(restored());
    try (StorageView view = copy.view()) {
      NumberedBatches.after(300).assertIn(view, "restored");
    }
    commitNumbered(copy, 301, 900);
    copy.flush();
    copy.close();
    assertHolds(restored(), 900);
    try (StorageView view = engine.view()) {
      NumberedBatches.after(350).assertIn(view, "the original");
    }
    assertEquals(before, files(checkpoint(), file -> true), "files of the checkpoint");
  }

  @Test
  void checkpointOutlivesItsEngineAndCanBeRestoredAgain() throws IOException {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 300);
    engine.checkpoint(checkpoint());
    commitNumbered(engine, 301, 400);
    engine.flush();
    engine.close();
    delete(directory());
    provider().restore(checkpoint(), restored());
    assertHolds(restored(), 300);
    Path empty = Files.createDirectory(temp.resolve("empty"));
    provider().restore(checkpoint(), empty);
    assertHolds(empty, 300);
    // It can be moved, as when it was sent to another machine.
    Path moved = temp.resolve("moved");
    copy(checkpoint(), moved);
    delete(checkpoint());
    provider().restore(moved, temp.resolve("third"));
    delete(moved);
    assertHolds(temp.resolve("third"), 300);
  }

  @Test
  void emptyStoreHasACheckpoint() {
    open().checkpoint(checkpoint());
    provider().restore(checkpoint(), restored());
    assertHolds(restored(), 0);
  }

  @Test
  void checkpointsOfManyMomentsLiveTogether() {
    StorageEngine engine = open();
    for (int n = 100; n <= 400; n += 100) {
      commitNumbered(engine, n - 99L, n);
      engine.checkpoint(temp.resolve("checkpoint-" + n));
    }
    engine.close();
    for (int n = 100; n <= 400; n += 100) {
      Path target = temp.resolve("restored-" + n);
      provider().restore(temp.resolve("checkpoint-" + n), target);
      assertHolds(target, n);
    }
  }

  @Test
  void checkpointHoldsWholeBatchesWhileCommitsGoOn() throws Exception {
    StorageEngine engine = open();
    AtomicLong committed = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    try (Together threads = new Together()) {
      threads.run(
          () -> {
            for (long n = 1; !done.get(); n++) {
              engine.commit(NumberedBatches.batch(n));
              committed.set(n);
            }
            return null;
          });
      Together.await("commits", () -> committed.get() > 100);
      for (int i = 0; i < 4; i++) {
        long before = committed.get();
        Path checkpoint = temp.resolve("checkpoint-" + i);
        Path target = temp.resolve("restored-" + i);
        engine.checkpoint(checkpoint);
        long after = committed.get();
        provider().restore(checkpoint, target);
        StorageEngine copy = open(target);
        try (StorageView view = copy.view()) {
          long count = NumberedBatches.count(view);
          assertTrue(
              count >= before && count <= after + 1,
              "checkpoint at " + count + ", taken between " + before + " and " + after);
          NumberedBatches.after(count).assertIn(view, "checkpoint at " + count);
        }
        copy.close();
      }
      done.set(true);
      threads.join();
    }
  }

  @Test
  void checkpointNeedsANewDirectoryInAnExistingOne() throws IOException {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 10);
    Files.createDirectory(checkpoint());
    Files.writeString(checkpoint().resolve("note"), "mine");
    assertRefused(checkpoint(), () -> engine.checkpoint(checkpoint()));
    assertEquals("mine", Files.readString(checkpoint().resolve("note")));
    Path orphan = temp.resolve("missing").resolve("checkpoint");
    assertRefused(orphan, () -> engine.checkpoint(orphan));
    assertFalse(Files.exists(orphan.getParent()), "a parent was made");
    // A refused one does no harm.
    commitNumbered(engine, 11, 20);
    engine.checkpoint(temp.resolve("good"));
    provider().restore(temp.resolve("good"), restored());
    assertHolds(restored(), 20);
    assertEquals(
        List.of("checkpoint", "good", "restored", "store"), names(temp), "left by refused ones");
  }

  @Test
  void restoreNeedsAnEmptyDirectoryAndACheckpoint() throws IOException {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 10);
    engine.checkpoint(checkpoint());
    Path full = Files.createDirectory(temp.resolve("full"));
    Files.writeString(full.resolve("note"), "mine");
    assertRefused(full, () -> provider().restore(checkpoint(), full));
    assertEquals(List.of("note"), names(full));
    // In use, too.
    assertRefused(directory(), () -> provider().restore(checkpoint(), directory()));
    Path nothing = Files.createDirectory(temp.resolve("nothing"));
    assertRefused(nothing, () -> provider().restore(nothing, restored()));
    Path missing = temp.resolve("missing");
    assertRefused(missing, () -> provider().restore(missing, restored()));
    assertRefused(full, () -> provider().restore(full, restored()));
    assertWithoutStore(restored());
  }

  @Test
  void restoreWhereNothingCanBeWrittenIsRefused() throws IOException {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 10);
    engine.checkpoint(checkpoint());
    Path file = Files.writeString(temp.resolve("file"), "mine");
    Path inFile = file.resolve("restored");
    assertRefused(file, () -> provider().restore(checkpoint(), file));
    assertRefused(inFile, () -> provider().restore(checkpoint(), inFile));
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void damageToAnyFileOfACheckpointIsFound() throws IOException {
    Random random = Seed.random("damageToAnyFileOfACheckpointIsFound");
    StorageEngine engine = open();
    commitNumbered(engine, 1, 200);
    engine.flush();
    commitNumbered(engine, 201, 400);
    engine.checkpoint(checkpoint());
    engine.close();
    Path damaged = temp.resolve("damaged");
    for (String name : files(checkpoint(), this::isData).keySet()) {
      byte[] content = Files.readAllBytes(checkpoint().resolve(name));
      for (int i = 0; i < 8 && content.length > 0; i++) {
        // The ends first: headers and footers are where a check is most easily forgotten.
        int at = i == 0 ? 0 : i == 1 ? content.length - 1 : random.nextInt(content.length);
        byte[] changed = content.clone();
        changed[at] ^= (byte) (1 << random.nextInt(8));
        assertDamageFound(damaged, name, changed, "changed at " + at + " of " + content.length);
      }
      for (int cut : new int[] {0, content.length / 2, content.length - 1}) {
        if (cut >= 0 && cut < content.length) {
          byte[] torn = Arrays.copyOf(content, cut);
          assertDamageFound(damaged, name, torn, "cut from " + content.length + " to " + cut);
        }
      }
      byte[] longer = Arrays.copyOf(content, content.length + 1);
      assertDamageFound(damaged, name, longer, "longer by a byte");
      copy(checkpoint(), damaged);
      Files.delete(damaged.resolve(name));
      assertDamageFound(damaged, name + " deleted");
    }
    provider().restore(checkpoint(), restored());
    assertHolds(restored(), 400);
  }

  private void assertDamageFound(Path damaged, String name, byte[] content, String what)
      throws IOException {
    copy(checkpoint(), damaged);
    Files.write(damaged.resolve(name), content);
    assertDamageFound(damaged, name + " " + what);
  }

  private void assertDamageFound(Path damaged, String what) throws IOException {
    try {
      assertRefused(damaged, () -> provider().restore(damaged, restored()));
    } catch (AssertionError e) {
      throw new AssertionError("damage: " + what + ": " + e.getMessage(), e);
    }
    assertWithoutStore(restored());
    delete(damaged);
  }

  private void assertWithoutStore(Path directory) throws IOException {
    assertEquals(List.of(), names(directory), "left by a failed restore");
  }

  private static List<String> names(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
