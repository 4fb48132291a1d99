package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageView;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a write that fails leaves. */
abstract class FaultContract extends EngineCase {
  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

  @Test
  void writeThatFailsIsReportedAndLosesNothingThatWasFlushed() throws Exception {
    assumeTrue(Files.isExecutable(PRLIMIT), "prlimit is not installed (Debian: util-linux)");
    int committed = 0;
    int flushed = 0;
    String failed = "";
    Process child = Child.start(provider(), directory(), Child.Task.GROW, temp);
    try {
      Child.Lines lines = new Child.Lines(child);
      assertEquals(Child.OPENED + 0, lines.next());
      // From here on, as libraries are unpacked before.
      Process limit =
          new ProcessBuilder(
                  PRLIMIT.toString(),
                  "--pid=" + child.pid(),
                  "--fsize=" + GrowingFiles.FILE_BYTES_MAX)
              .inheritIO()
              .start();
      assertEquals(0, limit.waitFor(), "prlimit");
      try (OutputStream begin = child.getOutputStream()) {
        begin.write('\n');
      }
      for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
        if (line.startsWith(Child.COMMITTED)) {
          committed = Integer.parseInt(line.substring(Child.COMMITTED.length()));
        } else if (line.startsWith(Child.FLUSHED)) {
          flushed = Integer.parseInt(line.substring(Child.FLUSHED.length()));
        } else {
          assertFalse(line.startsWith(Child.MISDEED), line);
          failed = line;
        }
      }
      assertEquals(0, child.waitFor(), "the child's exit code");
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertTrue(
        failed.contains(directory().toString()),
        "a failure that names its file was expected: " + failed);
    try (StorageView view = open().view()) {
      int count = GrowingFiles.assertWhole(view);
      assertTrue(
          count >= flushed && count <= committed + 1,
          "holds " + count + " of " + committed + ", flushed " + flushed + "; " + failed);
    }
  }

  /** Pulls the directory from under an engine: no file can be made any more. */
  @Test
  void flushOrCheckpointThatCannotBeWrittenIsReported() throws Exception {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 100);
    Path checkpoint = temp.resolve("no-such").resolve("checkpoint");
    assertRefused(checkpoint, () -> engine.checkpoint(checkpoint));
    Path moved = temp.resolve("moved");
    Files.move(directory(), moved);
    String said = "";
    try {
      // An engine that writes on into open files keeps its word, wherever they are.
      engine.flush();
    } catch (StorageException e) {
      said = String.valueOf(e.getMessage());
    }
    try {
      engine.close();
    } catch (StorageException e) {
      // It is closed all the same.
    }
    if (said.isEmpty()) {
      try (StorageView view = open(moved).view()) {
        NumberedBatches.after(100).assertIn(view, "flushed without a failure");
      }
    } else {
      assertTrue(said.contains(directory().toString()), said);
      assertEquals(1, List.of(said.split("\n")).size(), said);
    }
  }
}
