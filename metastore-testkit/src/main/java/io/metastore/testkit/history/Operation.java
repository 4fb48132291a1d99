package io.metastore.testkit.history;

/**
 * One operation of one client.
 *
 * @param client who asked
 * @param key on which key
 * @param action for what
 * @param outcome how it ended
 * @param invokedNanos when it began; all times of a history are of one clock
 * @param returnedNanos when it ended; without meaning when the outcome is unknown
 */
public record Operation(
    String client,
    String key,
    Action action,
    Outcome outcome,
    long invokedNanos,
    long returnedNanos) {
  /** Checks that it did not end before it began. */
  public Operation {
    if (returnedNanos < invokedNanos) {
      throw new IllegalArgumentException("returned at " + returnedNanos + ", invoked later");
    }
  }
}
