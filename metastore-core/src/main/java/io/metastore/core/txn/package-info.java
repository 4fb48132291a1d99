/**
 * Transactions: all compares first, on the state before the transaction; then every check that
 * could refuse it; then the operations in order, each seeing the ones before it (behaviours 1 to 16
 * of the contract; etcd {@code server/etcdserver/txn/txn.go}).
 *
 * <p>A transaction that writes runs on the apply thread, one that only reads on any thread.
 */
@NullMarked
package io.metastore.core.txn;

import org.jspecify.annotations.NullMarked;
