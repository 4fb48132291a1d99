package io.metastore.testkit.model;

import io.metastore.testkit.model.Command.Compare;
import io.metastore.testkit.model.Command.Delete;
import io.metastore.testkit.model.Command.Filter;
import io.metastore.testkit.model.Command.Operation;
import io.metastore.testkit.model.Command.Order;
import io.metastore.testkit.model.Command.Put;
import io.metastore.testkit.model.Command.Range;
import io.metastore.testkit.model.Command.Result;
import io.metastore.testkit.model.Command.Sort;
import io.metastore.testkit.model.Command.Target;
import io.metastore.testkit.model.Command.Txn;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Random operations over so few keys that most meet one that exists, with now and then what must be
 * refused.
 */
final class RandomOperations {
  // Prefixes of one another, and bytes that have a meaning in ranges or in encodings.
  private static final List<String> KEYS =
      List.of(
          "a", "ab", "a\0", "a\0\0", "a\0\1", "b", "b\u00ff", "b\u00ff\u00ff", "c", "\0", "\u0080");
  private static final List<Long> LEASES = List.of(1L, 2L, 3L, -1L, Long.MIN_VALUE, Long.MAX_VALUE);
  private static final List<Target> RANGE_TARGETS =
      List.of(Target.KEY, Target.VERSION, Target.CREATE, Target.MOD, Target.VALUE);
  private static final List<Target> COMPARE_TARGETS =
      List.of(Target.VERSION, Target.CREATE, Target.MOD, Target.VALUE, Target.LEASE);
  private static final int DEPTH_MAX = 3;

  private final RandomGenerator random;
  private final Model model;

  RandomOperations(RandomGenerator random, Model model) {
    this.random = random;
    this.model = model;
  }

  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  private static <T> T any(List<T> of, RandomGenerator random) {
    return of.get(random.nextInt(of.size()));
  }

  private String key() {
    return oneIn(100) ? "" : any(KEYS, random);
  }

  private Keys keys() {
    String key = key();
    return switch (random.nextInt(12)) {
      // Some of the ends are not behind the key.
      case 0, 1, 2 -> new Keys(key, any(KEYS, random));
      case 3 -> new Keys(key, Keys.OPEN);
      case 4 -> Keys.all();
      default -> Keys.of(key);
    };
  }

  /** Keys that a watch is not refused for. */
  Keys keysForWatch() {
    Keys keys = keys();
    boolean empty =
        !keys.end().isEmpty()
            && !keys.end().equals(Keys.OPEN)
            && keys.end().compareTo(keys.key()) <= 0;
    return keys.key().isEmpty() || empty ? Keys.all() : keys;
  }

  private String value() {
    return oneIn(40) ? "x".repeat(random.nextInt(400)) : oneIn(6) ? "" : "v" + random.nextInt(6);
  }

  /** The id of a lease, which may exist. */
  long lease() {
    return any(LEASES, random);
  }

  Put put() {
    boolean ignoreValue = oneIn(12);
    boolean ignoreLease = oneIn(12);
    return new Put(
        key(),
        ignoreValue && !oneIn(6) ? "" : value(),
        (ignoreLease && !oneIn(6)) || !oneIn(3) ? 0 : lease(),
        oneIn(2),
        ignoreValue,
        ignoreLease);
  }

  Delete delete() {
    return new Delete(keys(), oneIn(2));
  }

  Range range() {
    long limit = oneIn(3) ? random.nextInt(1, 6) : oneIn(20) ? Long.MAX_VALUE : oneIn(20) ? -1 : 0;
    Sort sort =
        oneIn(2)
            ? new Sort(Order.NONE, Target.KEY)
            : new Sort(any(List.of(Order.values()), random), any(RANGE_TARGETS, random));
    return new Range(
        keys(),
        revisionToRead(),
        limit,
        sort,
        oneIn(4) ? filter() : Filter.NONE,
        oneIn(6),
        oneIn(8),
        oneIn(4));
  }

  /** One bound, mostly, so that something passes it. */
  private Filter filter() {
    return switch (random.nextInt(5)) {
      case 0 -> new Filter(bound(), 0, 0, 0);
      case 1 -> new Filter(0, bound(), 0, 0);
      case 2 -> new Filter(0, 0, bound(), 0);
      case 3 -> new Filter(0, 0, 0, bound());
      default -> new Filter(bound(), bound(), bound(), bound());
    };
  }

  /** A revision that a live key has, mostly: the bound itself is the case to look at. */
  private long bound() {
    List<KeyState> keys = List.copyOf(model.keys(model.revision()).values());
    if (keys.isEmpty() || oneIn(5)) {
      return recent();
    }
    KeyState key = any(keys, random);
    return oneIn(2) ? key.mod() : key.create();
  }

  /** The newest, mostly; else an older one, a compacted or future one, or none at all. */
  long revisionToRead() {
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5 -> recent();
      case 6 -> model.revision() + random.nextInt(3);
      case 7 -> random.nextLong(model.oldest() + 1);
      case 8 -> random.nextInt(-2, 0);
      default -> 0;
    };
  }

  private long recent() {
    long back = Math.min(model.revision() - model.oldest(), oneIn(4) ? 1000 : 10);
    return model.revision() - random.nextLong(back + 1);
  }

  /** A transaction that may change something, whatever it finds. */
  Txn writingTxn() {
    Txn txn = txn(1, false);
    List<Operation> success = new ArrayList<>(txn.success());
    if (txn.isReadOnly()) {
      success.add(put());
    }
    return new Txn(txn.compares(), success, txn.failure());
  }

  /** A transaction of nothing but ranges. */
  Txn readingTxn() {
    return txn(DEPTH_MAX, true);
  }

  private Txn txn(int depth, boolean readOnly) {
    List<Compare> compares = new ArrayList<>();
    for (int i = random.nextInt(4) - 1; i > 0; i--) {
      compares.add(compare());
    }
    return new Txn(
        compares,
        operations(random.nextInt(5), depth, readOnly),
        operations(random.nextInt(4), depth, readOnly));
  }

  private List<Operation> operations(int count, int depth, boolean readOnly) {
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int kind = random.nextInt(20);
      if (kind < 6 || readOnly) {
        operations.add(range());
      } else if (kind < 10 && depth < DEPTH_MAX) {
        operations.add(txn(depth + 1, false));
      } else {
        operations.add(kind < 16 ? put() : delete());
      }
    }
    return operations;
  }

  private Compare compare() {
    Target target = any(COMPARE_TARGETS, random);
    long number =
        switch (target) {
          case VERSION -> random.nextInt(4);
          case LEASE -> oneIn(2) ? 0 : lease();
          default -> oneIn(4) ? 0 : recent();
        };
    return new Compare(keys(), target, any(List.of(Result.values()), random), number, value());
  }
}
