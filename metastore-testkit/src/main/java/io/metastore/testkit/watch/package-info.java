/**
 * etcd's guarantees of watches, each checked by itself on what a watcher was told.
 *
 * <p>A test records a watch over all its streams as a {@link
 * io.metastore.testkit.watch.RecordedWatch}, learns the truth from somewhere else as a {@link
 * io.metastore.testkit.watch.EventHistory} (from the model, or from a log of acknowledged writes),
 * and asks {@link io.metastore.testkit.watch.WatchGuarantee} which guarantees are broken. The
 * guarantees are those of etcd's API guarantees page, checked as etcd's own robustness tests do.
 *
 * <p>Everything here is a value or a pure function.
 */
@NullMarked
package io.metastore.testkit.watch;

import org.jspecify.annotations.NullMarked;
