package io.metastore.testkit.history;

import java.util.Optional;

/** The model: one key, which has a value or is not there. */
final class Register {
  private Register() {}

  /** A state of the key. */
  record State(Optional<String> value) {
    static final State ABSENT = new State(Optional.empty());
  }

  /** The state after an operation, if the operation can have had its outcome in this one. */
  static Optional<State> step(State state, Action action, Outcome outcome) {
    return switch (action) {
      case Action.Put put -> Optional.of(new State(Optional.of(put.value())));
      case Action.Get get ->
          !(outcome instanceof Outcome.Read read) || read.value().equals(state.value())
              ? Optional.of(state)
              : Optional.empty();
      case Action.Delete delete ->
          !(outcome instanceof Outcome.Deleted deleted)
                  || deleted.existed() == state.value().isPresent()
              ? Optional.of(State.ABSENT)
              : Optional.empty();
      case Action.CompareAndSwap swap -> {
        boolean done = swap.expected().equals(state.value());
        State after = done ? new State(Optional.of(swap.value())) : state;
        yield !(outcome instanceof Outcome.Swapped swapped) || swapped.done() == done
            ? Optional.of(after)
            : Optional.empty();
      }
    };
  }
}
