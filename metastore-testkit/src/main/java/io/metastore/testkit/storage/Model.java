package io.metastore.testkit.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What an engine ought to hold, in sorted maps. Not thread-safe. */
final class Model implements WriteBatch.Visitor {
  private final Map<Keyspace, NavigableMap<byte[], byte[]>> maps = new EnumMap<>(Keyspace.class);

  Model() {
    for (Keyspace keyspace : Keyspace.values()) {
      maps.put(keyspace, new TreeMap<>(Arrays::compareUnsigned));
    }
  }

  /** An independent copy. */
  Model copy() {
    Model copy = new Model();
    maps.forEach((keyspace, map) -> copy.map(keyspace).putAll(map));
    return copy;
  }

  NavigableMap<byte[], byte[]> map(Keyspace keyspace) {
    return Optional.ofNullable(maps.get(keyspace)).orElseThrow();
  }

  @Override
  public void put(Keyspace keyspace, byte[] key, byte[] value) {
    map(keyspace).put(key, value);
  }

  @Override
  public void delete(Keyspace keyspace, byte[] key) {
    map(keyspace).remove(key);
  }

  /** Checks that a view holds this, by scans in both directions and by a get of every key. */
  void assertIn(StorageView view, String where) {
    for (Keyspace keyspace : Keyspace.values()) {
      for (ScanDirection direction : ScanDirection.values()) {
        assertScan(view, keyspace, KeyRange.all(), direction, where);
      }
      map(keyspace)
          .forEach(
              (key, value) -> {
                Optional<byte[]> found = view.get(keyspace, key);
                assertTrue(found.isPresent(), () -> where + ": absent " + at(keyspace, key));
                assertArrayEquals(
                    value, found.orElseThrow(), () -> where + ": value of " + at(keyspace, key));
              });
    }
  }

  /** Checks one scan against this. */
  void assertScan(
      StorageView view, Keyspace keyspace, KeyRange range, ScanDirection direction, String where) {
    String scan = where + ": " + direction + " scan of " + keyspace + " " + describe(range);
    try (Cursor cursor = view.scan(keyspace, range, direction)) {
      for (Map.Entry<byte[], byte[]> entry : part(keyspace, range, direction).entrySet()) {
        assertTrue(cursor.next(), () -> scan + " ends before " + EngineCase.hex(entry.getKey()));
        byte[] key = cursor.key();
        assertEquals(EngineCase.hex(entry.getKey()), EngineCase.hex(key), scan);
        assertArrayEquals(entry.getKey(), key, scan);
        assertArrayEquals(entry.getValue(), cursor.value(), scan);
      }
      assertFalse(cursor.next(), () -> scan + " goes on with " + EngineCase.hex(cursor.key()));
    }
  }

  private NavigableMap<byte[], byte[]> part(
      Keyspace keyspace, KeyRange range, ScanDirection direction) {
    NavigableMap<byte[], byte[]> part = new TreeMap<>(Arrays::compareUnsigned);
    if (!range.isEmpty()) {
      NavigableMap<byte[], byte[]> tail = map(keyspace).tailMap(range.from(), true);
      part = range.to().isPresent() ? tail.headMap(range.to().orElseThrow(), false) : tail;
    }
    return direction == ScanDirection.FORWARD ? part : part.descendingMap();
  }

  private static String describe(KeyRange range) {
    return "["
        + EngineCase.hex(range.from())
        + ", "
        + range.to().map(EngineCase::hex).orElse("unbounded")
        + ")";
  }

  private static String at(Keyspace keyspace, byte[] key) {
    return keyspace + " " + EngineCase.hex(key);
  }
}
