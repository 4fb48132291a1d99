/**
 * MetaStore as a library. Begin with {@link io.metastore.api.Metastore}.
 *
 * <ul>
 *   <li>What to do is a value: {@link io.metastore.api.Range}, {@link io.metastore.api.Put}, {@link
 *       io.metastore.api.Delete}, {@link io.metastore.api.Txn} of these, on {@link
 *       io.metastore.api.Keys}. What came of it is a {@link io.metastore.api.Result}.
 *   <li>What goes on is closed by whoever opened it: {@link io.metastore.api.Watch}, {@link
 *       io.metastore.api.Lease}, {@link io.metastore.api.Lock}, {@link
 *       io.metastore.api.Election.Leadership}.
 *   <li>What goes wrong is a {@link io.metastore.api.MetastoreException} of one of three kinds.
 * </ul>
 *
 * <p>Keys and values are {@link io.metastore.api.Bytes}; text is UTF-8. Revisions count the changes
 * of the whole store: reading {@linkplain io.metastore.api.Range#at at} one shows the store as it
 * was, until {@linkplain io.metastore.api.Metastore#compact compaction}. Values are immutable,
 * everything else is thread-safe unless it says otherwise, and nothing here is null.
 */
@NullMarked
package io.metastore.api;

import org.jspecify.annotations.NullMarked;
