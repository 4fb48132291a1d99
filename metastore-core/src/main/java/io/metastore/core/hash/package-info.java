/**
 * Hashes of the replicated state, for comparing members: {@code HashKV} over history and {@code
 * Hash} over everything. Any thread, on a held view; uses {@code mvcc} only.
 */
@NullMarked
package io.metastore.core.hash;

import org.jspecify.annotations.NullMarked;
