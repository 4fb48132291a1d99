package io.metastore.testkit.model;

import io.metastore.testkit.model.Command.Filter;
import io.metastore.testkit.model.Command.Order;
import io.metastore.testkit.model.Command.Range;
import io.metastore.testkit.model.Command.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A range over the keys of one revision, in the steps in which etcd's own code takes it (behaviours
 * 17 to 27 of the contract; etcd {@code server/etcdserver/txn/range.go}). What an order leaves
 * equal stays in the order of keys.
 */
final class Ranges {
  private Ranges() {}

  /**
   * Answers a range.
   *
   * @param keys all live keys, in their order
   * @param revision for the header
   */
  static Answer.Found of(Range range, Collection<KeyState> keys, long revision) {
    List<KeyState> all = new ArrayList<>(keys);
    all.removeIf(key -> !range.keys().contains(key.key()));
    long count = all.size();
    if (range.countOnly()) {
      return new Answer.Found(revision, List.of(), false, count);
    }
    // Without an order and a filter only so many are fetched that the cut can be told.
    if (range.limit() > 0 && !isOrdered(range) && range.filter().equals(Filter.NONE)) {
      all = first(all, Math.min(range.limit(), Long.MAX_VALUE - 1) + 1);
    }
    all.removeIf(key -> isOutside(key, range.filter()));
    Comparator<KeyState> order = comparator(range.sort().target());
    all.sort(range.sort().order() == Order.DESCEND ? order.reversed() : order);
    boolean more = range.limit() > 0 && all.size() > range.limit();
    if (more) {
      all = first(all, range.limit());
    }
    if (range.keysOnly()) {
      // With an order by value the values are read, and the leases with them.
      boolean indexed = range.sort().target() != Target.VALUE;
      all.replaceAll(key -> indexed ? key.indexed() : key.withoutValue());
    }
    return new Answer.Found(revision, List.copyOf(all), more, count);
  }

  /** A target with no order does not count here, although it sorts what was fetched. */
  private static boolean isOrdered(Range range) {
    return switch (range.sort().order()) {
      case NONE -> false;
      case ASCEND -> range.sort().target() != Target.KEY;
      case DESCEND -> true;
    };
  }

  private static List<KeyState> first(List<KeyState> keys, long number) {
    return new ArrayList<>(keys.subList(0, (int) Math.min(keys.size(), number)));
  }

  private static boolean isOutside(KeyState key, Filter filter) {
    return (filter.maxMod() != 0 && key.mod() > filter.maxMod())
        || (filter.minMod() != 0 && key.mod() < filter.minMod())
        || (filter.maxCreate() != 0 && key.create() > filter.maxCreate())
        || (filter.minCreate() != 0 && key.create() < filter.minCreate());
  }

  private static Comparator<KeyState> comparator(Target target) {
    return switch (target) {
      case KEY -> Comparator.comparing(KeyState::key);
      case VERSION -> Comparator.comparingLong(KeyState::version);
      case CREATE -> Comparator.comparingLong(KeyState::create);
      case MOD -> Comparator.comparingLong(KeyState::mod);
      case VALUE -> Comparator.comparing(KeyState::value);
      case LEASE -> throw new IllegalArgumentException("a range has no order by lease");
    };
  }
}
