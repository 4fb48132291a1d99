package io.metastore.api;

/** What an operation answered. */
public sealed interface Result permits RangeResult, PutResult, DeleteResult, TxnResult {
  /** The store's revision when it answered. */
  long revision();
}
