package io.metastore.core.watch;

import static io.metastore.core.watch.WatchedStore.deleting;
import static io.metastore.core.watch.WatchedStore.putting;
import static io.metastore.core.watch.WatchedStore.together;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.core.message.Proposal;
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
 * what they saw is held against what happened.
 */
final class WatchGuaranteesTest {
  private static final int KEYS = 12;
  private static final int STREAMS = 8;
  private static final int STEPS = 1500;

  @TempDir Path directory;

  @DisplayName("91: ordered, unique, reliable, atomic, filterable, resumable, bookmarkable")
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
      History history = new History();
      List<Watcher> watchers = new ArrayList<>();
      for (int i = 0; i < STREAMS; i++) {
        watchers.add(new Watcher(store, history, random));
      }
      for (int step = 0; step < STEPS; step++) {
        history.note(store.apply(proposals(random)), store);
        if (random.nextInt(4) == 0) {
          watchers.get(random.nextInt(STREAMS)).act(random);
        }
        // Now and then everybody falls so far behind that history must be read.
        if (random.nextInt(300) == 0) {
          for (int i = 0; i < 1500; i++) {
            store.put("k" + random.nextInt(KEYS), "x".repeat(random.nextInt(2000)));
          }
          history.note(store.state().revision(), store);
        }
      }
      watchers.forEach(Watcher::finish);
      assertEquals(Optional.empty(), store.failure());
    }
  }

  private static Proposal[] proposals(Random random) {
    Proposal[] proposals = new Proposal[1 + random.nextInt(3)];
    for (int i = 0; i < proposals.length; i++) {
      proposals[i] = proposal(random);
    }
    return proposals;
  }

  private static Proposal proposal(Random random) {
    String key = "k" + random.nextInt(KEYS);
    return switch (random.nextInt(5)) {
      case 0 -> deleting(key, "");
      case 1 -> deleting(key, "k" + random.nextInt(KEYS));
      case 2 -> {
        Set<String> keys = new TreeSet<>();
        for (int i = 0; i < 4; i++) {
          keys.add("k" + random.nextInt(KEYS));
        }
        yield together(
            keys.stream()
                .map(k -> random.nextInt(4) == 0 ? deleting(k, "") : putting(k, value(random)))
                .toList());
      }
      default -> putting(key, value(random));
    };
  }

  private static String value(Random random) {
    return "v" + random.nextInt() + "x".repeat(random.nextInt(100));
  }
}
