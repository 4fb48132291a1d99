/**
 * The guarantees of watches over the wire: clients that write and clients that watch, through
 * broken connections and a server that is killed, with every response recorded.
 *
 * <p>{@link io.metastore.app.watching.ReconnectingWatch} records, {@link
 * io.metastore.app.watching.KeyHistory} finds out what really happened from reads at every
 * revision, and the testkit holds the one against the other. A watch, a writer and the test have a
 * thread each.
 */
@NullMarked
package io.metastore.app.watching;

import org.jspecify.annotations.NullMarked;
