package io.metastore.store.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.ScanDirection;
import io.metastore.testkit.storage.Seed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class TreeTest {
  private static final int MANY = 20_000;

  private static byte[] key(int n) {
    return ByteBuffer.allocate(4).putInt(n).array();
  }

  private static void assertHolds(NavigableMap<byte[], byte[]> expected, Tree tree) {
    assertEquals(expected.size(), tree.entries());
    long bytes = 0;
    TreeCursor cursor = new TreeCursor(tree, KeyRange.all(), ScanDirection.FORWARD);
    TreeCursor back = new TreeCursor(tree, KeyRange.all(), ScanDirection.BACKWARD);
    for (var entry : expected.entrySet()) {
      assertTrue(cursor.next());
      assertArrayEquals(entry.getKey(), cursor.key());
      assertSame(entry.getValue(), cursor.value());
      assertSame(entry.getValue(), tree.find(entry.getKey()));
      bytes += entry.getKey().length + entry.getValue().length;
    }
    assertFalse(cursor.next());
    for (var entry : expected.descendingMap().entrySet()) {
      assertTrue(back.next());
      assertArrayEquals(entry.getKey(), back.key());
    }
    assertFalse(back.next());
    assertEquals(bytes, tree.bytes());
  }

  @Test
  void growingAndShrinkingTreesMatchSortedMap() {
    Random random = Seed.random("growingAndShrinkingTreesMatchSortedMap");
    NavigableMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);
    Tree tree = Tree.EMPTY;
    List<Tree> olderTrees = new ArrayList<>();
    List<NavigableMap<byte[], byte[]>> olderMaps = new ArrayList<>();
    for (int edit = 1; edit <= 300; edit++) {
      // Grows for a while, then shrinks to nothing, and again.
      int deletes = edit / 75 % 2 == 0 ? 2 : 9;
      TreeEdit changes = new TreeEdit(tree, edit);
      for (int i = 0; i < 200; i++) {
        byte[] key = key(random.nextInt(6_000));
        if (random.nextInt(10) < deletes) {
          changes.delete(key);
          map.remove(key);
        } else {
          byte[] value = new byte[random.nextInt(5)];
          changes.put(key, value);
          map.put(key, value);
        }
      }
      tree = changes.done();
      assertHolds(map, tree);
      if (edit % 20 == 0) {
        olderTrees.add(tree);
        olderMaps.add(new TreeMap<>(map));
      }
    }
    for (int i = 0; i < olderTrees.size(); i++) {
      assertHolds(olderMaps.get(i), olderTrees.get(i));
    }
  }

  @Test
  void everyDeleteOfALargeTreeLeavesTheRest() {
    TreeEdit fill = new TreeEdit(Tree.EMPTY, 1);
    NavigableMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < MANY; i++) {
      byte[] value = key(i);
      fill.put(key(i), value);
      map.put(key(i), value);
    }
    Tree full = fill.done();
    assertHolds(map, full);
    TreeEdit drain = new TreeEdit(full, 2);
    for (int i = 0; i < MANY - 1; i++) {
      drain.delete(key(i * 7_919 % MANY));
    }
    Tree last = drain.done();
    assertEquals(1, last.entries());
    assertEquals(1, last.height());
    assertHolds(map, full);
    TreeEdit end = new TreeEdit(last, 3);
    end.delete(key((MANY - 1) * 7_919 % MANY));
    assertHolds(new TreeMap<>(Arrays::compareUnsigned), end.done());
  }

  @Test
  void growingKeysLeaveFullNodes() {
    TreeEdit edit = new TreeEdit(Tree.EMPTY, 1);
    for (int i = 0; i < MANY; i++) {
      edit.put(key(i), key(i));
    }
    // 32 entries in a leaf, 32 children in a node: 20 000 entries need three levels when full.
    assertEquals(3, edit.done().height());
  }

  @Test
  void deleteOfAbsentKeyCopiesNothing() {
    TreeEdit fill = new TreeEdit(Tree.EMPTY, 1);
    for (int i = 0; i < 1_000; i++) {
      fill.put(key(2 * i), key(i));
    }
    Tree tree = fill.done();
    TreeEdit edit = new TreeEdit(tree, 2);
    for (int i = 0; i < 1_000; i++) {
      edit.delete(key(2 * i + 1));
    }
    assertSame(tree.root(), edit.done().root());
  }

  @Test
  void builtTreesHoldEntriesOfAnyNumber() {
    for (int size : new int[] {0, 1, 27, 28, 29, 56, 783, 784, 785, MANY}) {
      TreeBuilder builder = new TreeBuilder();
      NavigableMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);
      for (int i = 0; i < size; i++) {
        byte[] value = key(i);
        assertTrue(builder.add(key(i), value));
        map.put(key(i), value);
      }
      Tree tree = builder.build();
      assertHolds(map, tree);
      TreeEdit edit = new TreeEdit(tree, 1);
      for (int i = 0; i < size; i += 3) {
        edit.delete(key(i));
        map.remove(key(i));
      }
      assertHolds(map, edit.done());
    }
  }

  @Test
  void builderRefusesKeysOutOfOrder() {
    TreeBuilder builder = new TreeBuilder();
    assertTrue(builder.add(key(5), key(1)));
    assertFalse(builder.add(key(5), key(2)));
    assertFalse(builder.add(key(4), key(2)));
    assertTrue(builder.add(key(6), key(2)));
    assertEquals(2, builder.build().entries());
  }
}
