/**
 * The memory engine. Every keyspace is a {@link io.metastore.store.memory.Tree}, an ordered tree
 * whose nodes are never changed once they have been published, so a view is nothing but a reference
 * to the trees of one moment.
 *
 * <p>One thread commits: it copies the nodes on the way to what it changes, once in a batch, and
 * publishes all new trees in one volatile write ({@link io.metastore.store.memory.Contents}). All
 * other threads only read published trees and need no lock.
 *
 * <p>The engine's directory holds {@code LOCK}, by which a second open is refused, and {@code
 * store.image}, everything there was at the last flush. A checkpoint is a directory with the same
 * image file.
 */
@NullMarked
package io.metastore.store.memory;

import org.jspecify.annotations.NullMarked;
