package io.metastore.api;

import java.util.List;

/**
 * A transaction: if every comparison holds then some operations, otherwise others; all or none of
 * them, in one revision.
 *
 * <pre>{@code
 * store.txn(
 *     Txn.when(Compare.missing("/leader"))
 *         .then(Put.of("/leader", "me"))
 *         .otherwise(Range.of("/leader")));
 * }</pre>
 *
 * <p>A transaction may stand in another as an operation. No key may be put twice in one, nor put
 * and deleted.
 *
 * @param compares what must hold
 * @param success done when everything holds
 * @param failure done when something does not
 */
public record Txn(List<Compare> compares, List<Operation> success, List<Operation> failure)
    implements Operation {
  /** Copies the lists. */
  public Txn {
    compares = List.copyOf(compares);
    success = List.copyOf(success);
    failure = List.copyOf(failure);
  }

  /** Begins with what must hold; with nothing, everything does. */
  public static Txn when(Compare... compares) {
    return new Txn(List.of(compares), List.of(), List.of());
  }

  /** The same, doing this when everything holds. */
  public Txn then(Operation... operations) {
    return new Txn(compares, List.of(operations), failure);
  }

  /** The same, doing this when something does not hold. */
  public Txn otherwise(Operation... operations) {
    return new Txn(compares, success, List.of(operations));
  }
}
