/**
 * Structured concurrency: every background activity of a node is a task of a {@link
 * io.metastore.core.task.TaskScope} that one component owns, and ends with it.
 *
 * <p>The JDK's {@code StructuredTaskScope} is a preview API that differs from release to release
 * and ties class files to one JDK; this package stands in for it with the JDK's method names. It
 * depends on nothing else of MetaStore.
 */
@NullMarked
package io.metastore.core.task;

import org.jspecify.annotations.NullMarked;
