/**
 * Stores for tests: annotate a class with {@link io.metastore.junit.MetastoreTest} and take a
 * {@link io.metastore.junit.TestStore} or a {@link io.metastore.api.Metastore} as a parameter.
 *
 * <p>Members run in the test's JVM and keep nothing. Used by the thread that runs the tests.
 */
@NullMarked
package io.metastore.junit;

import org.jspecify.annotations.NullMarked;
