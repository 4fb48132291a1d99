package io.metastore.app.bench;

import java.util.Optional;

/**
 * What a run asks of the server, and whether an answer was right.
 *
 * <p>Called from many threads at once, so all implementations are safe for that.
 */
interface Workload {
  KvMethod method();

  /** The key of the next request; runs of the same workload go on where the last one ended. */
  byte[] nextKey();

  /** The encoded request for {@code key}. */
  byte[] request(byte[] key);

  /**
   * Takes the answer.
   *
   * @return what was wrong with it, as a text to count it by; empty when it was right
   */
  Optional<String> answered(byte[] key, byte[] response);
}
