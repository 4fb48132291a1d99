package io.metastore.testkit.storage;

import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An engine and sorted maps do the same at random, and must stay the same. */
abstract class ModelContract extends EngineCase {
  private static final int STEPS = 1_000;
  private static final int VIEWS_MAX = 6;

  // Few of them, so that they fill.
  private static final List<Keyspace> KEYSPACES =
      List.of(Keyspace.CURRENT, Keyspace.VERSIONS, Keyspace.LOG);

  private record Moment(StorageView view, Model model) {}

  @Test
  void engineDoesWhatSortedMapsDo() {
    Random random = Seed.random("engineDoesWhatSortedMapsDo");
    StorageEngine engine = open();
    Model model = new Model();
    List<Moment> moments = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      String where = "step " + step;
      switch (random.nextInt(100)) {
        case 0 -> {
          closeAll(moments, where);
          engine.flush();
          engine.close();
          engine = open();
          compare(engine, model, where + ", reopened");
        }
        case 1 -> {
          Path checkpoint = temp.resolve("checkpoint-" + step);
          Path restored = temp.resolve("restored-" + step);
          engine.checkpoint(checkpoint);
          provider().restore(checkpoint, restored);
          StorageEngine copy = open(restored);
          compare(copy, model, where + ", restored");
          copy.close();
        }
        case 2, 3, 4 -> engine.flush();
        case 5, 6, 7, 8 -> {
          moments.add(new Moment(engine.view(), model.copy()));
          if (moments.size() > VIEWS_MAX) {
            Moment old = moments.remove(random.nextInt(moments.size()));
            old.model.assertIn(old.view, where + ", an older view");
            old.view.close();
          }
        }
        case 9, 10, 11, 12, 13, 14 -> {
          Moment moment = new Moment(engine.view(), model);
          scan(moment, random, where);
          moment.view.close();
          if (!moments.isEmpty()) {
            scan(moments.get(random.nextInt(moments.size())), random, where + ", an older view");
          }
        }
        default -> {
          WriteBatch batch = randomBatch(random);
          engine.commit(batch);
          batch.forEach(model);
        }
      }
    }
    closeAll(moments, "at the end");
    compare(engine, model, "at the end");
  }

  private static void closeAll(List<Moment> moments, String where) {
    for (Moment moment : moments) {
      moment.model.assertIn(moment.view, where + ", an older view");
      moment.view.close();
    }
    moments.clear();
  }

  private static void compare(StorageEngine engine, Model model, String where) {
    try (StorageView view = engine.view()) {
      model.assertIn(view, where);
    }
  }

  private static void scan(Moment moment, Random random, String where) {
    Keyspace keyspace = randomKeyspace(random);
    byte[] from = randomKey(random);
    KeyRange range =
        switch (random.nextInt(4)) {
          case 0 -> KeyRange.from(from);
          case 1 -> KeyRange.prefix(from);
          default -> KeyRange.of(from, randomKey(random));
        };
    ScanDirection direction = random.nextBoolean() ? ScanDirection.FORWARD : ScanDirection.BACKWARD;
    moment.model.assertScan(moment.view, keyspace, range, direction, where);
  }

  private static WriteBatch randomBatch(Random random) {
    WriteBatch batch = new WriteBatch();
    // Now and then many deletes in a row, so that nodes and files run empty.
    boolean shrinking = random.nextInt(10) == 0;
    int size = random.nextInt(random.nextInt(10) == 0 ? 500 : 20);
    for (int i = 0; i < size; i++) {
      Keyspace keyspace = randomKeyspace(random);
      byte[] key = randomKey(random);
      if (random.nextInt(10) < (shrinking ? 9 : 3)) {
        batch.delete(keyspace, key);
      } else {
        byte[] value = new byte[random.nextInt(random.nextInt(50) == 0 ? 20_000 : 60)];
        random.nextBytes(value);
        batch.put(keyspace, key, value);
      }
    }
    return batch;
  }

  private static Keyspace randomKeyspace(Random random) {
    return KEYSPACES.get(random.nextInt(KEYSPACES.size()));
  }

  private static byte[] randomKey(Random random) {
    byte[] key = new byte[random.nextInt(random.nextInt(20) == 0 ? 300 : 4)];
    random.nextBytes(key);
    if (key.length > 1) {
      // Few first bytes, so that keys share prefixes and are met again.
      key[0] = (byte) (random.nextInt(4) * 0x55);
      key[1] &= 0x1F;
    }
    return key;
  }
}
