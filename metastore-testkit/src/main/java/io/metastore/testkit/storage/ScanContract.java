package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a walk over a range meets. */
abstract class ScanContract extends EngineCase {
  private static final List<byte[]> EDGES =
      List.of(
          bytes(),
          bytes(0),
          bytes(0, 0),
          bytes(0, 1),
          bytes(1),
          bytes(0x7F),
          bytes(0x7F, 0xFF),
          bytes(0x80),
          bytes(0x80, 0),
          bytes(0xFF),
          bytes(0xFF, 0),
          bytes(0xFF, 0xFF),
          bytes(0xFF, 0xFF, 0xFF));

  @Test
  void everyBoundIsExactOverEdgesOfTheOrder() {
    StorageEngine engine = open();
    Model model = new Model();
    // Every second key is present, so that bounds are met and missed.
    WriteBatch batch = new WriteBatch();
    for (int i = 0; i < EDGES.size(); i += 2) {
      batch.put(Keyspace.CURRENT, EDGES.get(i), bytes(i));
    }
    // Neighbours in whatever the engine stores them in.
    batch.put(Keyspace.VERSIONS, bytes(), bytes(1));
    batch.put(Keyspace.MEMBER, bytes(0xFF, 0xFF, 0xFF, 0xFF), bytes(1));
    batch.forEach(model);
    engine.commit(batch);
    try (StorageView view = engine.view()) {
      for (ScanDirection direction : ScanDirection.values()) {
        for (byte[] from : EDGES) {
          model.assertScan(view, Keyspace.CURRENT, KeyRange.from(from), direction, "edges");
          model.assertScan(view, Keyspace.CURRENT, KeyRange.prefix(from), direction, "edges");
          for (byte[] to : EDGES) {
            model.assertScan(view, Keyspace.CURRENT, KeyRange.of(from, to), direction, "edges");
          }
        }
      }
    }
  }

  @Test
  void everyBoundIsExactOverManyKeys() {
    Random random = Seed.random("everyBoundIsExactOverManyKeys");
    StorageEngine engine = open();
    Model model = new Model();
    for (int commit = 0; commit < 20; commit++) {
      WriteBatch batch = new WriteBatch();
      for (int i = 0; i < 250; i++) {
        batch.put(Keyspace.CURRENT, randomKey(random), bytes(commit, i));
        batch.delete(Keyspace.CURRENT, randomKey(random));
      }
      batch.forEach(model);
      engine.commit(batch);
      if (commit % 7 == 6) {
        engine.flush();
      }
    }
    try (StorageView view = engine.view()) {
      model.assertIn(view, "all");
      for (int i = 0; i < 1_000; i++) {
        byte[] from = randomKey(random);
        ScanDirection direction = i % 2 == 0 ? ScanDirection.FORWARD : ScanDirection.BACKWARD;
        KeyRange range =
            random.nextInt(5) == 0 ? KeyRange.from(from) : KeyRange.of(from, randomKey(random));
        model.assertScan(view, Keyspace.CURRENT, range, direction, "random range");
      }
    }
  }

  private static byte[] randomKey(Random random) {
    byte[] key = new byte[random.nextInt(4)];
    random.nextBytes(key);
    if (key.length > 1) {
      key[0] &= 0x0F;
    }
    return key;
  }

  @ParameterizedTest
  @EnumSource
  void emptyKeyspaceHasNoEntries(ScanDirection direction) {
    try (StorageView view = open().view()) {
      for (Keyspace keyspace : Keyspace.values()) {
        try (Cursor cursor = view.scan(keyspace, KeyRange.all(), direction)) {
          assertFalse(cursor.next(), keyspace.name());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void endOfWalkIsForEver(ScanDirection direction) {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 100);
    KeyRange inside = KeyRange.of(bytes(0, 0, 0, 0, 0, 0, 0, 9), bytes(0, 0, 0, 0, 0, 0, 0, 12));
    for (KeyRange range : List.of(KeyRange.all(), inside, KeyRange.of(bytes(9), bytes(8)))) {
      try (StorageView view = engine.view();
          Cursor cursor = view.scan(Keyspace.LOG, range, direction)) {
        while (cursor.next()) {
          assertTrue(range.contains(cursor.key()));
        }
        for (int i = 0; i < 3; i++) {
          assertFalse(cursor.next());
          assertThrows(IllegalStateException.class, cursor::key);
          assertThrows(IllegalStateException.class, cursor::value);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void cursorStartsBeforeFirstEntry(ScanDirection direction) {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 1);
    try (StorageView view = engine.view();
        Cursor cursor = view.scan(Keyspace.CURRENT, KeyRange.all(), direction)) {
      assertThrows(IllegalStateException.class, cursor::key);
      assertThrows(IllegalStateException.class, cursor::value);
      assertTrue(cursor.next());
      // Asking twice is asking for the same.
      assertArrayEquals(cursor.key(), cursor.key());
      assertArrayEquals(cursor.value(), cursor.value());
    }
  }

  @Test
  void keysAndValuesStayAsTheyWereRead() {
    StorageEngine engine = open();
    commit(engine, batch -> batch.put(Keyspace.CURRENT, text("a"), text("1")));
    commit(engine, batch -> batch.put(Keyspace.CURRENT, text("b"), text("2")));
    byte[] key;
    byte[] value;
    try (StorageView view = engine.view();
        Cursor cursor = view.scan(Keyspace.CURRENT, KeyRange.all(), ScanDirection.FORWARD)) {
      assertTrue(cursor.next());
      key = cursor.key();
      value = cursor.value();
      assertTrue(cursor.next());
      assertArrayEquals(text("b"), cursor.key());
      assertArrayEquals(text("a"), key);
    }
    commit(engine, batch -> batch.put(Keyspace.CURRENT, text("a"), text("3")));
    commit(engine, batch -> batch.delete(Keyspace.CURRENT, text("a")));
    engine.close();
    assertArrayEquals(text("a"), key);
    assertArrayEquals(text("1"), value);
  }

  @Test
  void cursorMayEndEarlyAndBeClosedTwice() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 50);
    try (StorageView view = engine.view()) {
      for (ScanDirection direction : ScanDirection.values()) {
        Cursor cursor = view.scan(Keyspace.LOG, KeyRange.all(), direction);
        assertTrue(cursor.next());
        cursor.close();
        cursor.close();
        assertThrows(IllegalStateException.class, cursor::key);
        assertThrows(IllegalStateException.class, cursor::value);
        assertThrows(IllegalStateException.class, cursor::next);
      }
      NumberedBatches.after(50).assertIn(view, "after closed cursors");
    }
  }

  @Test
  void cursorsOfOneViewAreIndependent() {
    StorageEngine engine = open();
    commitNumbered(engine, 1, 30);
    try (StorageView view = engine.view();
        Cursor ahead = view.scan(Keyspace.LOG, KeyRange.all(), ScanDirection.FORWARD);
        Cursor back = view.scan(Keyspace.LOG, KeyRange.all(), ScanDirection.BACKWARD)) {
      for (int i = 1; i <= 30; i++) {
        assertTrue(ahead.next());
        assertTrue(back.next());
        assertArrayEquals(bytes(0, 0, 0, 0, 0, 0, 0, i), ahead.key());
        assertArrayEquals(bytes(0, 0, 0, 0, 0, 0, 0, 31 - i), back.key());
      }
    }
  }
}
