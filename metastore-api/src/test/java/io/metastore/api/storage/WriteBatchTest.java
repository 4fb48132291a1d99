package io.metastore.api.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WriteBatchTest {
  private static List<String> operations(WriteBatch batch) {
    List<String> operations = new ArrayList<>();
    batch.forEach(
        new WriteBatch.Visitor() {
          @Override
          public void put(Keyspace keyspace, byte[] key, byte[] value) {
            operations.add("put " + keyspace + " " + key[0] + " " + value.length);
          }

          @Override
          public void delete(Keyspace keyspace, byte[] key) {
            operations.add("delete " + keyspace + " " + key[0]);
          }
        });
    return operations;
  }

  @Test
  void operationsAreVisitedInTheirOrder() {
    WriteBatch batch = new WriteBatch();
    List<String> expected = new ArrayList<>();
    // More than it has room for at first.
    for (int i = 0; i < 100; i++) {
      batch.put(Keyspace.CURRENT, new byte[] {(byte) i}, new byte[i]);
      batch.delete(Keyspace.LOG, new byte[] {(byte) i});
      expected.add("put CURRENT " + i + " " + i);
      expected.add("delete LOG " + i);
    }
    assertEquals(expected, operations(batch));
    assertEquals(200, batch.size());
    assertEquals(200 + 99 * 100 / 2, batch.bytes());
  }

  @Test
  void arraysAreHandedOnNotCopied() {
    WriteBatch batch = new WriteBatch();
    byte[] key = {1};
    byte[] value = {2};
    batch.put(Keyspace.META, key, value);
    batch.forEach(
        new WriteBatch.Visitor() {
          @Override
          public void put(Keyspace keyspace, byte[] visitedKey, byte[] visitedValue) {
            assertSame(key, visitedKey);
            assertSame(value, visitedValue);
          }

          @Override
          public void delete(Keyspace keyspace, byte[] visitedKey) {
            throw new AssertionError("not deleted");
          }
        });
  }

  @Test
  void clearedBatchRemembersNothing() {
    WriteBatch batch = new WriteBatch();
    batch.delete(Keyspace.META, new byte[] {1});
    assertFalse(batch.isEmpty());
    batch.clear();
    assertTrue(batch.isEmpty());
    assertEquals(0, batch.size());
    assertEquals(0, batch.bytes());
    // A delete of the former life must not turn this put into one.
    batch.put(Keyspace.META, new byte[] {2}, new byte[3]);
    assertEquals(List.of("put META 2 3"), operations(batch));
  }
}
