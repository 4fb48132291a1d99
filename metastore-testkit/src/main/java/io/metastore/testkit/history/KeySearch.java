package io.metastore.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The search for an order of one key's operations (Wing and Gong, 1993), which never looks twice at
 * the same set of operations with the same state after them (Lowe, 2017).
 *
 * <p>An operation may come next if no other one that is still to come ended before it began. Those
 * of unknown outcome never end, need not come at all, and come only where the next one needs them:
 * most had no effect that anybody saw.
 *
 * <pre>
 *   A  |--put 1--|                     next may be: A or B, not C, because A ended before C began
 *   B     |-----put 2------|           A, B: 2      A, B, C: "1" does not fit 2     back
 *   C               |--get 1--|        B, A: 1      B, A, C: fits, done
 * </pre>
 *
 * <p>Used by one thread, once.
 */
final class KeySearch {
  private static final int LEFT_SHOWN_MAX = 10;

  /** One operation that was put in its place, and what may be tried instead of it. */
  private record Placed(Register.State before, List<Integer> candidates, int chosen) {
    int operation() {
      return candidates.get(chosen);
    }
  }

  /** Where the search has been; what may follow depends on an unknown operation just before. */
  private record Seen(BitSet placed, Register.State state, int lastUnknown) {}

  private final String key;
  // In the order they began.
  private final List<Operation> operations;
  private final long stepsMax;
  private final BitSet placed = new BitSet();
  private final Deque<Placed> order = new ArrayDeque<>();
  private final Set<Seen> seen = new HashSet<>();
  private Register.State state = Register.State.ABSENT;
  private int acknowledgedLeft;
  private List<Integer> longest = List.of();
  private Register.State longestState = Register.State.ABSENT;

  KeySearch(String key, List<Operation> operations, long stepsMax) {
    this.key = key;
    this.operations = operations;
    this.stepsMax = stepsMax;
    acknowledgedLeft =
        (int) operations.stream().filter(one -> one.outcome().isAcknowledged()).count();
  }

  Verdict run() {
    List<Integer> candidates = candidates();
    int next = 0;
    long steps = 0;
    while (acknowledgedLeft > 0) {
      if (++steps > stepsMax) {
        return new Verdict.Undecided(key, stepsMax);
      }
      if (next < candidates.size()) {
        if (place(candidates, next)) {
          candidates = candidates();
          next = 0;
        } else {
          next++;
        }
      } else if (order.isEmpty()) {
        return new Verdict.Violation(key, explanation());
      } else {
        Placed last = takeBack();
        candidates = last.candidates();
        next = last.chosen() + 1;
      }
    }
    return new Verdict.Linearizable();
  }

  private boolean place(List<Integer> candidates, int chosen) {
    int index = candidates.get(chosen);
    Operation operation = operations.get(index);
    Optional<Register.State> after = Register.step(state, operation.action(), operation.outcome());
    if (after.isEmpty() || isLastForNothing(operation, after.get())) {
      return false;
    }
    placed.set(index);
    int lastUnknown = operation.outcome().isAcknowledged() ? -1 : index;
    if (!seen.add(new Seen((BitSet) placed.clone(), after.get(), lastUnknown))) {
      placed.clear(index);
      return false;
    }
    order.push(new Placed(state, candidates, chosen));
    state = after.get();
    if (operation.outcome().isAcknowledged()) {
      acknowledgedLeft--;
    }
    if (order.size() > longest.size()) {
      longest = new ArrayList<>();
      order.descendingIterator().forEachRemaining(one -> longest.add(one.operation()));
      longestState = state;
    }
    return true;
  }

  /**
   * Whether the last operation placed is of unknown outcome and might as well come behind this one,
   * or not at all. If there is an order, there is one in which each of them is needed by the next:
   * without this rule, n of them that nobody saw would make 2^n cases.
   */
  private boolean isLastForNothing(Operation operation, Register.State after) {
    Placed last = order.peek();
    if (last == null || operations.get(last.operation()).outcome().isAcknowledged()) {
      return false;
    }
    Optional<Register.State> without =
        Register.step(last.before(), operation.action(), operation.outcome());
    if (without.isEmpty()) {
      return false;
    }
    Operation unknown = operations.get(last.operation());
    return without.get().equals(after)
        || Register.step(without.get(), unknown.action(), unknown.outcome())
            .equals(Optional.of(after));
  }

  private Placed takeBack() {
    Placed last = order.pop();
    placed.clear(last.operation());
    state = last.before();
    if (operations.get(last.operation()).outcome().isAcknowledged()) {
      acknowledgedLeft++;
    }
    return last;
  }

  /** What may come next, operations of unknown outcome last. */
  private List<Integer> candidates() {
    long firstEnd = Long.MAX_VALUE;
    List<Integer> next = new ArrayList<>();
    List<Integer> unknown = new ArrayList<>();
    for (int i = placed.nextClearBit(0); i < operations.size(); i = placed.nextClearBit(i + 1)) {
      Operation operation = operations.get(i);
      if (operation.invokedNanos() > firstEnd) {
        break;
      }
      if (operation.outcome().isAcknowledged()) {
        next.add(i);
        firstEnd = Math.min(firstEnd, operation.returnedNanos());
      } else {
        unknown.add(i);
      }
    }
    next.addAll(unknown);
    return next;
  }

  private String explanation() {
    StringBuilder text = new StringBuilder("no order explains all operations on ").append(key);
    text.append("; the longest that was found:\n");
    for (int index : longest) {
      line(text, index);
    }
    text.append("then the key has ").append(longestState.value()).append(", which fits none of:\n");
    int shown = 0;
    for (int i = 0; i < operations.size() && shown < LEFT_SHOWN_MAX; i++) {
      if (!longest.contains(i) && operations.get(i).outcome().isAcknowledged()) {
        line(text, i);
        shown++;
      }
    }
    return text.toString();
  }

  private void line(StringBuilder text, int index) {
    Operation operation = operations.get(index);
    long origin = operations.getFirst().invokedNanos();
    text.append(
            "  %10.3f–%.3f ms  "
                .formatted(
                    (operation.invokedNanos() - origin) / 1e6,
                    (operation.returnedNanos() - origin) / 1e6))
        .append(operation.client())
        .append("  ")
        .append(operation.action())
        .append(" → ")
        .append(operation.outcome())
        .append('\n');
  }
}
