/**
 * The typed API of {@link io.metastore.api.Metastore} over etcd's messages, whoever answers them: a
 * node in this JVM or a server over a network. What differs between the two is behind {@link
 * io.metastore.core.typed.StoreCalls}.
 *
 * <p>Calls run on the caller's thread, which waits. Each open lease has a virtual thread that
 * renews it; a watch has none, its events come on the threads of who answers.
 */
@NullMarked
package io.metastore.core.typed;

import org.jspecify.annotations.NullMarked;
