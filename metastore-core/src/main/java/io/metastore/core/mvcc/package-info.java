/**
 * Multi-version keys on an ordered engine.
 *
 * <p>The newest record of every live key is in {@code CURRENT}. A write moves the record it
 * replaces to {@code VERSIONS}, under user key and revision, and notes in {@code LOG} which key the
 * revision changed; a delete leaves a tombstone in {@code VERSIONS}. So a value is stored once, and
 * a read at the newest revision is one get or one scan. Entries of {@code LOG} are stored many at a
 * time, in a {@code LogPage}.
 *
 * <pre>
 *   rev 2: put a=x     CURRENT a → (create 2, mod 2, x)   LOG 2.0 → put a
 *   rev 3: put a=y     CURRENT a → (create 2, mod 3, y)   VERSIONS a@2 → x          LOG 3.0 → put a
 *   rev 4: delete a    CURRENT –                          VERSIONS a@3 → y, a@4 → † LOG 4.0 → delete a
 * </pre>
 *
 * <p>A compaction moves a mark, and at once nothing below it can be read. What only such reads
 * needed is removed later, in {@linkplain io.metastore.core.mvcc.PurgeStep bounded steps}; what is
 * {@linkplain io.metastore.core.mvcc.Retention retained} depends on the mark alone.
 *
 * <p>{@code LEASE} holds the leases and which keys are attached to them; it follows every put and
 * delete, and has no clock: deadlines are the leader's, in {@link io.metastore.core.lease}.
 *
 * <p>{@link io.metastore.core.mvcc.MvccWriter} belongs to the apply thread. Readers on any thread
 * see only {@link io.metastore.core.mvcc.PublishedView}s. Nothing here reads a clock, draws random
 * numbers or depends on hash order: every member must come to the same bytes.
 */
@NullMarked
package io.metastore.core.mvcc;

import org.jspecify.annotations.NullMarked;
