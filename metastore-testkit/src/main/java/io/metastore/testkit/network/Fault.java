package io.metastore.testkit.network;

import java.time.Duration;

/** How a link behaves, in both directions of the connections that were made through it. */
public sealed interface Fault {
  /** Bytes pass at once. */
  record None() implements Fault {}

  /**
   * Bytes pass later.
   *
   * @param by this much for each direction
   */
  record Delay(Duration by) implements Fault {}

  /**
   * Nothing passes and nobody is told, as when packets are dropped: connections stay, new ones are
   * accepted, and what is sent arrives when the fault is over.
   */
  record Silence() implements Fault {}

  /** Connections are reset, new ones too. */
  record Cut() implements Fault {}
}
