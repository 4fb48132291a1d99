/**
 * The contract kit of the storage SPI: {@link io.metastore.testkit.storage.StorageEngineContract}
 * has a test for every promise that {@link io.metastore.api.storage} makes, and any engine passes
 * it by naming its provider:
 *
 * <pre>{@code
 * final class MyEngineTest extends StorageEngineContract {
 *   @Override
 *   protected StorageEngineProvider provider() {
 *     return new MyEngineProvider();
 *   }
 * }
 * }</pre>
 *
 * <p>Random tests print their seed; {@code -Dmetastore.seed=N} repeats one. Some tests start a
 * child process on the class path of the test, which must reach the provider by its class name.
 */
@NullMarked
package io.metastore.testkit.storage;

import org.jspecify.annotations.NullMarked;
