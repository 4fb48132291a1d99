/**
 * A MetaStore server: a {@linkplain io.metastore.raft.Node node} with its front ends, as one
 * process. {@link io.metastore.app.Server} is the composition and can be started and stopped many
 * times in one JVM, from any thread; {@link io.metastore.app.Main} is the program.
 */
@NullMarked
package io.metastore.app;

import org.jspecify.annotations.NullMarked;
