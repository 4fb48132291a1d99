/**
 * Watches: every change of a key or a range, from any retained revision on, in order, once, whole
 * revisions at a time.
 *
 * <p>One {@link io.metastore.core.watch.WatchHub} serves a node. The apply thread drops each
 * drain's changes in the hub's mailbox and goes on. From there on a watch is in one of these hands:
 *
 * <pre>
 *   create ──▶ hub ──────────▶ SYNCED     the hub's thread finds it for each change and offers events
 *               │  ▲             │
 *      too old  ▼  │ at the head │ its stream's buffer is full
 *            LAGGING ──────▶ PARKED       costs nothing until the client takes what it was sent
 *         the catch-up thread reads history for it, in steps, many watches at once
 * </pre>
 *
 * <p>A stream's lock guards its buffer and the state and next revision of its watches; the index of
 * synced watches belongs to the hub's thread. A few sender tasks carry buffers to receivers. No
 * thread belongs to a watch or a stream.
 */
@NullMarked
package io.metastore.core.watch;

import org.jspecify.annotations.NullMarked;
