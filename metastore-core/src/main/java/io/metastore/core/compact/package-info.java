/**
 * Compaction: the command that moves the mark below which nothing can be read, the background work
 * that removes what is then needed by nobody, and the policies by which a leader compacts by
 * itself.
 *
 * <p>{@link io.metastore.core.compact.Compaction} belongs to the apply thread, {@link
 * io.metastore.core.compact.Compactor} to a thread of its own, which computes what to remove and
 * has it committed by the apply thread. No class here reads a clock: time is passed in.
 */
@NullMarked
package io.metastore.core.compact;

import org.jspecify.annotations.NullMarked;
