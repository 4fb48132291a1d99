package io.metastore.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells whether a history is linearizable: whether each operation can have had its effect at one
 * moment between its begin and its end. Linearizability is local (Herlihy and Wing, 1990), so each
 * key is judged by itself, by {@link KeySearch}. Stateless.
 */
public final class LinearizabilityChecker {
  /** Far above what a history of some thousand operations takes; some seconds and 100 MB. */
  private static final long STEPS_MAX = 2_000_000;

  private LinearizabilityChecker() {}

  /** Checks a history of keys that did not exist when it began. */
  public static Verdict check(List<Operation> history) {
    return check(history, STEPS_MAX);
  }

  /**
   * The same with a limit of its own.
   *
   * @param stepsMax how many steps each key may take
   */
  public static Verdict check(List<Operation> history, long stepsMax) {
    Map<String, List<Operation>> byKey = new TreeMap<>();
    for (Operation operation : history) {
      boolean counts =
          operation.outcome().isAcknowledged()
              || (operation.outcome() instanceof Outcome.Unknown && operation.action().writes());
      if (counts) {
        byKey.computeIfAbsent(operation.key(), key -> new ArrayList<>()).add(operation);
      }
    }
    for (Map.Entry<String, List<Operation>> key : byKey.entrySet()) {
      key.getValue().sort(Comparator.comparingLong(Operation::invokedNanos));
      Verdict verdict = new KeySearch(key.getKey(), key.getValue(), stepsMax).run();
      if (!(verdict instanceof Verdict.Linearizable)) {
        return verdict;
      }
    }
    return new Verdict.Linearizable();
  }
}
