/**
 * The storage SPI: what a storage engine is, for those who write one.
 *
 * <p>An engine keeps a fixed set of {@linkplain io.metastore.api.storage.Keyspace keyspaces}, each
 * an ordered map of byte arrays under unsigned lexicographic order. A node writes through one
 * thread, one {@linkplain io.metastore.api.storage.WriteBatch batch} at a time, and reads from any
 * thread through {@linkplain io.metastore.api.storage.StorageView views}. The node's replicated log
 * is the write-ahead log: an engine may lose commits in a crash, but only a suffix of them and only
 * whole batches, and never anything from before the last {@link
 * io.metastore.api.storage.StorageEngine#flush() flush}.
 *
 * <p>A third party's engine is a {@link io.metastore.api.storage.StorageEngineProvider} found by
 * {@link java.util.ServiceLoader}. What these pages promise has tests in the contract kit of {@code
 * metastore-testkit}, whose page names the few promises that no test of it can see broken.
 */
@NullMarked
package io.metastore.api.storage;

import org.jspecify.annotations.NullMarked;
