/**
 * The projects of {@code examples/}, built by Maven in copies of their own, against the artifacts
 * of this build alone, and then run. Nothing here is compiled against MetaStore.
 */
@NullMarked
package io.metastore.examples;

import org.jspecify.annotations.NullMarked;
