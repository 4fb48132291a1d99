package io.metastore.core.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.testkit.storage.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PositionTableTest {
  private final List<byte[]> keys = new ArrayList<>();
  private final PositionTable table =
      new PositionTable((position, key) -> Arrays.equals(keys.get(position), key));

  private int add(byte[] key) {
    keys.add(key);
    return keys.size() - 1;
  }

  /** Keys of one byte with the same hash do not exist; of two bytes these are some: 31 a + b. */
  private static byte[] colliding(int i) {
    return new byte[] {(byte) i, (byte) (100 - 31 * i)};
  }

  @Test
  void keysOfOneHashAreToldApart() {
    assertEquals(Arrays.hashCode(colliding(0)), Arrays.hashCode(colliding(3)));
    for (int i = 0; i < 4; i++) {
      table.put(colliding(i), add(colliding(i)));
    }
    table.remove(colliding(1));

    assertEquals(PositionTable.NONE, table.find(colliding(1)));
    assertEquals(0, table.find(colliding(0)));
    assertEquals(2, table.find(colliding(2)));
    assertEquals(3, table.find(colliding(3)));
  }

  @Test
  void onlyTheNewestPositionCounts() {
    byte[] key = {1};
    int old = add(key);
    table.put(key, old);
    int newer = add(key);
    table.put(key, newer);

    table.removeAt(key, old);
    assertEquals(newer, table.find(key));
    table.removeAt(key, newer);
    assertEquals(PositionTable.NONE, table.find(key));
    assertEquals(0, table.size());
  }

  @Test
  void answersAsAMapDoes() {
    Random random = new Random(Seed.of("PositionTableTest"));
    Map<Integer, Integer> model = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      // Few bits, so that many hashes are neighbours.
      int number = random.nextInt(3000);
      byte[] key = {(byte) (number % 50), (byte) (number / 50)};
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          int position = add(key);
          table.put(key, position);
          model.put(number, position);
        }
        case 2, 3 -> {
          table.remove(key);
          model.remove(number);
        }
        default -> {
          int expected = model.getOrDefault(number, PositionTable.NONE);
          assertEquals(expected, table.find(key));
        }
      }
      assertEquals(model.size(), table.size());
    }
    table.clear();
    assertEquals(0, table.size());
    assertEquals(PositionTable.NONE, table.find(new byte[] {0, 0}));
  }
}
