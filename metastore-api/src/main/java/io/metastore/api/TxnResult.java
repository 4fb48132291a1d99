package io.metastore.api;

import java.util.List;

/**
 * What a {@link Txn} did.
 *
 * @param revision the revision it made, or the newest one when it changed nothing
 * @param succeeded whether every comparison held
 * @param results of the operations that were done, in their order
 */
public record TxnResult(long revision, boolean succeeded, List<Result> results) implements Result {
  /** Copies the list. */
  public TxnResult {
    results = List.copyOf(results);
  }

  /**
   * The answer of the range at a place.
   *
   * @throws IllegalStateException when something else stands there
   */
  public RangeResult range(int index) {
    if (results.get(index) instanceof RangeResult range) {
      return range;
    }
    throw new IllegalStateException("operation " + index + " is not a range");
  }
}
