/**
 * Stores in this JVM: {@link io.metastore.api.Metastore#open} comes here. A whole node is put
 * together, the typed API over it, and a front end beside it if one is wanted and installed.
 *
 * <p>Thread-safe; opening and closing happen on the caller's thread.
 */
@NullMarked
package io.metastore.raft.embedded;

import org.jspecify.annotations.NullMarked;
