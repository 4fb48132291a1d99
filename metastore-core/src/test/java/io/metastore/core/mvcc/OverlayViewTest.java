package io.metastore.core.mvcc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import io.metastore.core.Engines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OverlayViewTest {
  @TempDir private Path directory;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> contents(WriteBatch batch) {
    List<String> operations = new ArrayList<>();
    batch.forEach(
        new WriteBatch.Visitor() {
          @Override
          public void put(Keyspace keyspace, byte[] key, byte[] value) {
            operations.add(keyspace + " " + text(key) + "=" + text(value));
          }

          @Override
          public void delete(Keyspace keyspace, byte[] key) {
            operations.add(keyspace + " " + text(key));
          }
        });
    return operations;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static LogEntry change(long revision) {
    return LogEntry.put(new Revision(revision, 0), bytes("k"), Optional.empty());
  }

  @Test
  void batchHasTheLastWriteOfEachKeyInTheOrderOfKeys() throws Exception {
    WriteBatch batch = new WriteBatch();
    try (StorageEngine engine = Engines.open(directory);
        StorageView base = engine.view();
        OverlayView overlay = new OverlayView(base, batch)) {
      overlay.put(Keyspace.CURRENT, bytes("b"), bytes("1"));
      overlay.put(Keyspace.CURRENT, bytes("c"), bytes("2"));
      overlay.put(Keyspace.CURRENT, bytes("a"), bytes("3"));
      overlay.log(change(1));
      overlay.log(change(2));
      overlay.put(Keyspace.CURRENT, bytes("b"), bytes("4"));
      overlay.delete(Keyspace.CURRENT, bytes("c"));
      overlay.put(Keyspace.META, bytes("m"), bytes("5"));

      assertArrayEquals(bytes("4"), overlay.get(Keyspace.CURRENT, bytes("b")).orElseThrow());
      assertTrue(overlay.get(Keyspace.CURRENT, bytes("c")).isEmpty());
      overlay.finish();
      engine.commit(batch);
      try (StorageView after = engine.view()) {
        byte[] page = after.get(Keyspace.LOG, new Revision(2, 0).encoded()).orElseThrow();
        assertEquals(
            List.of(1L, 2L),
            LogPage.decode(page).stream().map(entry -> entry.revision().main()).toList());
      }
    }
    List<String> operations = contents(batch);
    assertEquals(
        List.of("CURRENT a=3", "CURRENT b=4", "CURRENT c"),
        operations.stream().filter(operation -> operation.startsWith("CURRENT")).toList());
    assertEquals(5, operations.size(), operations::toString);
  }

  @Test
  void whatIsSpilledIsReadFromTheEngineAndNotInTheBatch() throws Exception {
    WriteBatch batch = new WriteBatch();
    SpillLimit three = new SpillLimit(3, Long.MAX_VALUE);
    try (StorageEngine engine = Engines.open(directory);
        StorageView base = engine.view();
        OverlayView overlay = new OverlayView(base, batch)) {
      overlay.put(Keyspace.CURRENT, bytes("a"), bytes("1"));
      overlay.put(Keyspace.META, bytes("m"), bytes("2"));
      assertFalse(overlay.reaches(three));
      overlay.log(change(1));
      assertTrue(overlay.reaches(three));
      overlay.spill(engine);

      assertFalse(overlay.reaches(three));
      assertArrayEquals(bytes("1"), overlay.get(Keyspace.CURRENT, bytes("a")).orElseThrow());
      assertArrayEquals(bytes("2"), overlay.get(Keyspace.META, bytes("m")).orElseThrow());
      try (StorageView spilled = engine.view()) {
        assertTrue(spilled.get(Keyspace.CURRENT, bytes("a")).isPresent());
        assertTrue(spilled.get(Keyspace.LOG, new Revision(1, 0).encoded()).isPresent());
        assertTrue(spilled.get(Keyspace.META, bytes("m")).isEmpty());
      }
      overlay.delete(Keyspace.CURRENT, bytes("a"));
      overlay.finish();
    }
    assertEquals(List.of("CURRENT a", "META m=2"), contents(batch).stream().sorted().toList());
  }
}
