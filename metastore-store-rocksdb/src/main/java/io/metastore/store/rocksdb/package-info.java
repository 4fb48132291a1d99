/**
 * The RocksDB engine. A keyspace is a column family; a commit is one native write without RocksDB's
 * own write-ahead log, which the Raft log replaces; a flush writes all families at one point of the
 * sequence of commits (atomic flush), so a crash never leaves them at different points.
 *
 * <p>One thread commits, any thread reads. Everything native is behind a {@link
 * io.metastore.store.rocksdb.Gate}: what was freed is never called again, whoever closes what and
 * when, because that would end the process and not the call.
 *
 * <p>The engine's directory is RocksDB's with one file more, {@code ENGINE}, which says whose it
 * is. A checkpoint is a directory of RocksDB files, hard links where that is possible, with a list
 * of them in {@code CHECKPOINT}.
 */
@NullMarked
package io.metastore.store.rocksdb;

import org.jspecify.annotations.NullMarked;
