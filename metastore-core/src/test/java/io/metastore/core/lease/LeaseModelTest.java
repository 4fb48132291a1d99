package io.metastore.core.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.core.mvcc.PublishedView;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and leases at random against a plain map, with restarts in between. */
final class LeaseModelTest {
  private static final int STEPS = 1500;
  private static final long[] IDS = {1, 2, 3, -1, Long.MIN_VALUE, Long.MAX_VALUE};

  @TempDir Path directory;

  // Key to lease, 0 for none; and the leases that exist.
  private final Map<String, Long> keys = new TreeMap<>();
  private final Map<Long, Boolean> leases = new TreeMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void attachmentsFollowEveryCommand(long seed) throws Exception {
    Random random = new Random(seed);
    try (LeaseRig rig = new LeaseRig(directory.resolve("store"))) {
      for (int step = 0; step < STEPS; step++) {
        String key = "k" + random.nextInt(12);
        long id = IDS[random.nextInt(IDS.length)];
        switch (random.nextInt(10)) {
          case 0 -> grant(rig, id);
          case 1 -> revoke(rig, id);
          case 2, 3 -> {
            rig.delete(key);
            keys.remove(key);
          }
          case 4 -> {
            rig.put(key, 0);
            keys.put(key, 0L);
          }
          default -> put(rig, key, id);
        }
        if (random.nextInt(100) == 0) {
          rig.restart();
        }
        if (step % 20 == 0 || step == STEPS - 1) {
          compare(rig, "seed " + seed + ", step " + step);
        }
      }
    }
  }

  private void grant(LeaseRig rig, long id) {
    assertEquals(leases.containsKey(id), rig.startGrant(id, 1000).isCompletedExceptionally());
    leases.put(id, true);
  }

  private void revoke(LeaseRig rig, long id) {
    assertEquals(leases.remove(id) == null, rig.revoke(id).isCompletedExceptionally());
    keys.values().removeIf(lease -> lease == id);
  }

  private void put(LeaseRig rig, String key, long id) {
    boolean refused =
        rig.store().put(LeaseRig.putRequest(key, id), LeaseRig.TIMEOUT).isCompletedExceptionally();
    assertEquals(!leases.containsKey(id), refused);
    if (!refused) {
      keys.put(key, id);
    }
  }

  private void compare(LeaseRig rig, String where) {
    for (long id : leases.keySet()) {
      List<String> attached =
          keys.entrySet().stream()
              .filter(entry -> entry.getValue() == id)
              .map(Map.Entry::getKey)
              .toList();
      assertEquals(attached, rig.keysOf(id), where);
    }
    assertEquals(List.copyOf(leases.keySet()), rig.leases().stream().sorted().toList(), where);
    long attached = keys.values().stream().filter(lease -> lease != 0).count();
    assertEquals(leases.size() + attached, entries(rig), where + ": nothing is left behind");
  }

  private static long entries(LeaseRig rig) {
    try (PublishedView view = rig.stateMachine().acquire();
        Cursor cursor = view.view().scan(Keyspace.LEASE, KeyRange.all(), ScanDirection.FORWARD)) {
      long count = 0;
      while (cursor.next()) {
        count++;
      }
      return count;
    }
  }
}
