package io.metastore.core.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.core.message.Proposal;
import io.metastore.core.model.Messages;
import io.metastore.testkit.model.Command.Delete;
import io.metastore.testkit.model.Command.Operation;
import io.metastore.testkit.model.Command.Put;
import io.metastore.testkit.model.Command.Txn;
import io.metastore.testkit.model.KeyEvent;
import io.metastore.testkit.model.Keys;
import io.metastore.testkit.model.Model;
import io.metastore.testkit.model.Subject;
import io.metastore.testkit.watch.EventHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories under random watchers, whose streams stop, go on, are closed and opened again;
 * what they were told is held against what the model says happened, guarantee by guarantee.
 */
final class WatchGuaranteesTest {
  private static final int KEYS = 12;
  private static final int STREAMS = 8;
  private static final int STEPS = 1000;
  private static final long NEVER_COMPACTED = -1;

  /** No watch begins so far behind the end that this many puts do not reach it. */
  private static final int LAST_PUTS = 30;

  @TempDir Path directory;

  private final Model model = new Model(new Subject.Limits(128, 2));

  @DisplayName(
      "91: filterable, ordered, unique, atomic, bookmarkable, resumable, reliable, prev_kv")
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void guaranteesHold(long seed) {
    System.out.println("watch guarantees: seed " + seed);
    Random random = new Random(seed);
    WatchOptions tight =
        new WatchOptions(
            Duration.ofMillis(100),
            random.nextBoolean() ? 2 << 20 : 600,
            1 << (10 + random.nextInt(8)),
            1 << 20,
            Duration.ofMillis(1 + random.nextInt(20)));
    try (WatchedStore store = new WatchedStore(directory, tight)) {
      List<Watcher> watchers = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        watchers.add(new Watcher(store, random));
      }
      for (int step = 0; step < STEPS; step++) {
        apply(store, operations(random));
        if (random.nextInt(4) == 0) {
          watchers.get(random.nextInt(STREAMS)).act(random);
        }
        // Now and then everybody falls so far behind that history must be read.
        if (random.nextInt(300) == 0) {
          for (int i = 0; i < 1500; i++) {
            apply(store, List.of(put(key(random), "x".repeat(random.nextInt(2000)))));
          }
        }
      }
      for (int i = 0; i < LAST_PUTS; i++) {
        apply(store, List.of(put(key(random), "last")));
      }
      EventHistory history = new EventHistory(events(), NEVER_COMPACTED);
      watchers.forEach(watcher -> watcher.finish(history));
      assertEquals(Optional.empty(), store.failure());
    }
  }

  private void apply(WatchedStore store, List<Operation> drain) {
    drain.forEach(model::execute);
    long revision = store.apply(drain.stream().map(Messages::proposal).toArray(Proposal[]::new));
    assertEquals(model.revision(), revision);
  }

  private List<KeyEvent> events() {
    List<KeyEvent> events = new ArrayList<>();
    for (long revision = 1; revision <= model.revision(); revision++) {
      events.addAll(model.events(revision));
    }
    return events;
  }

  private static List<Operation> operations(Random random) {
    List<Operation> drain = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      drain.add(operation(random));
    }
    return drain;
  }

  private static Operation operation(Random random) {
    String key = key(random);
    return switch (random.nextInt(5)) {
      case 0 -> new Delete(Keys.of(key), false);
      case 1 -> new Delete(new Keys(key, key(random)), false);
      case 2 -> {
        Set<String> keys = new TreeSet<>();
        for (int i = 0; i < 4; i++) {
          keys.add(key(random));
        }
        List<Operation> together = new ArrayList<>();
        for (String one : keys) {
          together.add(
              random.nextInt(4) == 0 ? new Delete(Keys.of(one), false) : put(one, value(random)));
        }
        yield new Txn(List.of(), together, List.of());
      }
      default -> put(key, value(random));
    };
  }

  private static Put put(String key, String value) {
    return new Put(key, value, 0, false, false, false);
  }

  private static String key(Random random) {
    return "k" + random.nextInt(KEYS);
  }

  private static String value(Random random) {
    return "v" + random.nextInt() + "x".repeat(random.nextInt(100));
  }
}
