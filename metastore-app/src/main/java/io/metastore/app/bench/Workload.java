package io.metastore.app.bench;

import java.util.Optional;

/**
 * What a run asks of the server, and whether an answer was right.
 *
 * <p>Called from many threads at once, so all implementations are safe for that.
 */
interface Workload {
  EtcdMethod method();

  /** The number of the next request; runs of the same workload go on where the last one ended. */
  long next();

  /** The encoded request with this number. */
  byte[] request(long number);

  /**
   * Takes the answer to the request with this number.
   *
   * @return what was wrong with it, as a text to count it by; empty when it was right
   */
  Optional<String> answered(long number, byte[] response);
}
