package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a batch does. */
abstract class CommitContract extends EngineCase {
  private static final byte[] KEY = text("key");

  private static Optional<String> read(StorageEngine engine, Keyspace keyspace, byte[] key) {
    try (StorageView view = engine.view()) {
      return view.get(keyspace, key).map(EngineCase::hex);
    }
  }

  private static Optional<String> value(String text) {
    return Optional.of(hex(text(text)));
  }

  @Test
  void putIsReadBack() {
    StorageEngine engine = open();
    commit(engine, batch -> batch.put(Keyspace.CURRENT, KEY, text("v")));
    assertEquals(value("v"), read(engine, Keyspace.CURRENT, KEY));
    assertEquals(Optional.empty(), read(engine, Keyspace.CURRENT, text("kex")));
    assertEquals(Optional.empty(), read(engine, Keyspace.CURRENT, text("ke")));
    assertEquals(Optional.empty(), read(engine, Keyspace.CURRENT, text("key ")));
  }

  @Test
  void laterCommitReplacesValue() {
    StorageEngine engine = open();
    commit(engine, batch -> batch.put(Keyspace.CURRENT, KEY, text("a longer value")));
    commit(engine, batch -> batch.put(Keyspace.CURRENT, KEY, text("b")));
    assertEquals(value("b"), read(engine, Keyspace.CURRENT, KEY));
  }

  @Test
  void sameKeyInAnotherKeyspaceIsAnotherKey() {
    StorageEngine engine = open();
    for (Keyspace keyspace : Keyspace.values()) {
      commit(engine, batch -> batch.put(keyspace, KEY, text(keyspace.name())));
    }
    commit(engine, batch -> batch.delete(Keyspace.META, KEY));
    for (Keyspace keyspace : Keyspace.values()) {
      Optional<String> expected =
          keyspace == Keyspace.META ? Optional.empty() : value(keyspace.name());
      assertEquals(expected, read(engine, keyspace, KEY), keyspace.name());
    }
  }

  @Test
  void batchWritesAllKeyspaces() {
    StorageEngine engine = open();
    commit(
        engine,
        batch -> {
          for (Keyspace keyspace : Keyspace.values()) {
            batch.put(keyspace, KEY, text(keyspace.name()));
          }
        });
    for (Keyspace keyspace : Keyspace.values()) {
      assertEquals(value(keyspace.name()), read(engine, keyspace, KEY));
    }
  }

  @Test
  void laterOperationOfBatchWins() {
    StorageEngine engine = open();
    commit(engine, batch -> batch.put(Keyspace.CURRENT, text("deleted, put"), text("old")));
    commit(engine, batch -> batch.put(Keyspace.CURRENT, text("put, deleted"), text("old")));
    commit(
        engine,
        batch -> {
          batch.put(Keyspace.CURRENT, text("put, put"), text("1"));
          batch.put(Keyspace.CURRENT, text("put, put"), text("2"));
          batch.put(Keyspace.CURRENT, text("put, deleted"), text("1"));
          batch.delete(Keyspace.CURRENT, text("put, deleted"));
          batch.delete(Keyspace.CURRENT, text("deleted, put"));
          batch.put(Keyspace.CURRENT, text("deleted, put"), text("2"));
          batch.put(Keyspace.CURRENT, text("all"), text("1"));
          batch.delete(Keyspace.CURRENT, text("all"));
          batch.put(Keyspace.CURRENT, text("all"), text("3"));
          batch.put(Keyspace.META, text("put, put"), text("other keyspace"));
        });
    assertEquals(value("2"), read(engine, Keyspace.CURRENT, text("put, put")));
    assertEquals(Optional.empty(), read(engine, Keyspace.CURRENT, text("put, deleted")));
    assertEquals(value("2"), read(engine, Keyspace.CURRENT, text("deleted, put")));
    assertEquals(value("3"), read(engine, Keyspace.CURRENT, text("all")));
  }

  @Test
  void deleteOfAbsentKeyHasNoEffect() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 10);
    commit(engine, batch -> batch.delete(Keyspace.CURRENT, text("absent")));
    commit(engine, batch -> batch.delete(Keyspace.ALARM, text("absent")));
    try (StorageView view = engine.view()) {
      NumberedBatches.after(10).assertIn(view, "after deletes");
    }
  }

  @Test
  void emptyKeysAndValuesAreKept() {
    StorageEngine engine = open();
    commit(engine, batch -> batch.put(Keyspace.CURRENT, bytes(), text("empty key")));
    commit(engine, batch -> batch.put(Keyspace.CURRENT, bytes(0), bytes()));
    assertEquals(value("empty key"), read(engine, Keyspace.CURRENT, bytes()));
    assertEquals(Optional.of(""), read(engine, Keyspace.CURRENT, bytes(0)));
    commit(engine, batch -> batch.delete(Keyspace.CURRENT, bytes()));
    assertEquals(Optional.empty(), read(engine, Keyspace.CURRENT, bytes()));
    assertEquals(Optional.of(""), read(engine, Keyspace.CURRENT, bytes(0)));
  }

  @Test
  void valuesOfManyMegabytesAreKept() {
    StorageEngine engine = open();
    byte[] large = new byte[9_000_001];
    new Random(1).nextBytes(large);
    byte[] largeKey = new byte[70_000];
    commit(
        engine,
        batch -> {
          batch.put(Keyspace.CURRENT, KEY, large);
          batch.put(Keyspace.CURRENT, largeKey, KEY);
        });
    engine.flush();
    engine.close();
    try (StorageView view = open().view()) {
      assertArrayEquals(large, view.get(Keyspace.CURRENT, KEY).orElseThrow());
      assertArrayEquals(KEY, view.get(Keyspace.CURRENT, largeKey).orElseThrow());
    }
  }

  @Test
  void largeBatchIsKept() {
    StorageEngine engine = open();
    WriteBatch batch = new WriteBatch();
    for (int n = 1; n <= 5_000; n++) {
      NumberedBatches.batch(n)
          .forEach(
              new WriteBatch.Visitor() {
                @Override
                public void put(Keyspace keyspace, byte[] key, byte[] value) {
                  batch.put(keyspace, key, value);
                }

                @Override
                public void delete(Keyspace keyspace, byte[] key) {
                  batch.delete(keyspace, key);
                }
              });
    }
    engine.commit(batch);
    try (StorageView view = engine.view()) {
      NumberedBatches.after(5_000).assertIn(view, "one batch");
    }
  }

  @Test
  void emptyBatchChangesNothing() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 3);
    engine.commit(new WriteBatch());
    try (StorageView view = engine.view()) {
      NumberedBatches.after(3).assertIn(view, "after an empty batch");
    }
  }

  @Test
  void batchIsNotKeptAndMayBeFilledAgain() {
    StorageEngine engine = open();
    WriteBatch batch = new WriteBatch();
    batch.put(Keyspace.CURRENT, text("a"), text("1"));
    engine.commit(batch);
    batch.clear();
    batch.put(Keyspace.CURRENT, text("b"), text("2"));
    assertEquals(value("1"), read(engine, Keyspace.CURRENT, text("a")));
    assertEquals(Optional.empty(), read(engine, Keyspace.CURRENT, text("b")));
    engine.commit(batch);
    assertEquals(value("1"), read(engine, Keyspace.CURRENT, text("a")));
    assertEquals(value("2"), read(engine, Keyspace.CURRENT, text("b")));
  }

  @Test
  void arraysOfBatchAreNotChanged() {
    StorageEngine engine = open();
    byte[] key = text("key");
    byte[] value = text("value");
    commit(engine, batch -> batch.put(Keyspace.CURRENT, key, value));
    commit(engine, batch -> batch.put(Keyspace.CURRENT, text("key"), text("VALUE")));
    commit(engine, batch -> batch.delete(Keyspace.CURRENT, key));
    assertArrayEquals(text("key"), key);
    assertArrayEquals(text("value"), value);
  }
}
