package io.metastore.testkit.history;

import java.util.Optional;

/** How an operation ended, as far as its client knows. */
public sealed interface Outcome {
  /** A put was acknowledged. */
  record Written() implements Outcome {}

  /** A get was answered; empty when there was no such key. */
  record Read(Optional<String> value) implements Outcome {}

  /** A delete was acknowledged, with whether there was something to delete. */
  record Deleted(boolean existed) implements Outcome {}

  /** A compare-and-swap was acknowledged, with whether it wrote. */
  record Swapped(boolean done) implements Outcome {}

  /** It had no effect and never will have. */
  record Failed(String reason) implements Outcome {}

  /** It may have had its effect, may have it later, or never. */
  record Unknown(String reason) implements Outcome {}

  /** Whether the client was told that it was done. */
  default boolean isAcknowledged() {
    return !(this instanceof Failed) && !(this instanceof Unknown);
  }
}
