package io.metastore.testkit.model;

import io.metastore.api.ErrorCode;
import io.metastore.testkit.model.Command.Compare;
import io.metastore.testkit.model.Command.Delete;
import io.metastore.testkit.model.Command.Operation;
import io.metastore.testkit.model.Command.Put;
import io.metastore.testkit.model.Command.Range;
import io.metastore.testkit.model.Command.Result;
import io.metastore.testkit.model.Command.Target;
import io.metastore.testkit.model.Command.Txn;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * The way that a transaction takes, decided with all that is nested in it before anything is done
 * (behaviours 6 to 16 of the contract; etcd {@code server/etcdserver/txn/txn.go}).
 *
 * @param succeeded whether all compares held
 * @param steps the operations of the branch taken, in their order
 */
record TxnPath(boolean succeeded, List<Step> steps) {
  /** One operation, or a path of its own. */
  private sealed interface Step {
    record Do(Operation operation) implements Step {}

    record Nested(TxnPath path) implements Step {}
  }

  static TxnPath decide(Txn txn, SortedMap<String, KeyState> keys) {
    boolean succeeded = txn.compares().stream().allMatch(compare -> holds(compare, keys));
    List<Step> steps = new ArrayList<>();
    for (Operation operation : succeeded ? txn.success() : txn.failure()) {
      steps.add(
          operation instanceof Txn nested
              ? new Step.Nested(decide(nested, keys))
              : new Step.Do(operation));
    }
    return new TxnPath(succeeded, steps);
  }

  private static boolean holds(Compare compare, SortedMap<String, KeyState> keys) {
    List<KeyState> found =
        keys.values().stream().filter(key -> compare.keys().contains(key.key())).toList();
    if (found.isEmpty()) {
      // What is not there has no value to compare, and 0 for all else.
      return compare.target() != Target.VALUE
          && holds(compare.result(), Long.compare(0, compare.number()));
    }
    return found.stream().allMatch(key -> holds(compare.result(), order(key, compare)));
  }

  private static int order(KeyState key, Compare compare) {
    return switch (compare.target()) {
      case VERSION -> Long.compare(key.version(), compare.number());
      case CREATE -> Long.compare(key.create(), compare.number());
      case MOD -> Long.compare(key.mod(), compare.number());
      case LEASE -> Long.compare(key.lease(), compare.number());
      case VALUE -> key.value().compareTo(compare.value());
      case KEY -> throw new IllegalArgumentException("keys are not compared");
    };
  }

  private static boolean holds(Result result, int order) {
    return switch (result) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
    };
  }

  /**
   * Checks what will be done, all of it on the keys before.
   *
   * @param deletes those that come before; filled with those of the path
   */
  void check(Model model, List<Delete> deletes) {
    for (Step step : steps) {
      switch (step) {
        case Step.Nested nested -> nested.path.check(model, deletes);
        case Step.Do one -> check(one.operation, model, deletes);
      }
    }
  }

  private static void check(Operation operation, Model model, List<Delete> deletes) {
    switch (operation) {
      case Range range -> model.checkRevision(range);
      case Delete delete -> deletes.add(delete);
      case Put put -> {
        boolean keeps = put.ignoreValue() || put.ignoreLease();
        boolean gone = deletes.stream().anyMatch(delete -> delete.keys().contains(put.key()));
        Refusal.when(model.lacksKey(put) || (keeps && gone), ErrorCode.KEY_NOT_FOUND);
        Refusal.when(model.lacksLease(put), ErrorCode.LEASE_NOT_FOUND);
      }
      case Txn txn -> throw new IllegalStateException("nested and yet no path");
    }
  }

  /** Does it; an answer for each operation. */
  List<Answer> run(Changes changes) {
    List<Answer> answers = new ArrayList<>();
    for (Step step : steps) {
      answers.add(
          switch (step) {
            // A nested header is all zero.
            case Step.Nested nested ->
                new Answer.Ran(0, nested.path.succeeded, nested.path.run(changes));
            case Step.Do one -> run(one.operation, changes);
          });
    }
    return answers;
  }

  private static Answer run(Operation operation, Changes changes) {
    return switch (operation) {
      case Range range -> changes.range(range);
      case Put put -> changes.put(put);
      case Delete delete -> changes.delete(delete);
      case Txn txn -> throw new IllegalStateException("nested and yet no path");
    };
  }
}
