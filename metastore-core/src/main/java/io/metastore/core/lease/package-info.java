/**
 * The clock side of leases: when they end. What a lease is, and which keys it has, is replicated
 * state and lives in {@link io.metastore.core.mvcc.LeaseTable}; here are the deadlines, which only
 * the leader has, and only while it leads.
 *
 * <p>{@link io.metastore.core.lease.LeaseExpirer} follows the applied commands from the apply
 * thread and acts by proposing, from a thread of its own. A proposal that rests on a deadline
 * counts only in the term of the leader that made it, so a leader that was deposed without noticing
 * ends no lease that its successor has renewed. Time is monotonic, and time in which this member
 * did not run does not count: a lease may live longer than promised, never shorter.
 *
 * <p>May use the state machine's published views and {@link io.metastore.core.Consensus}.
 */
@NullMarked
package io.metastore.core.lease;

import org.jspecify.annotations.NullMarked;
