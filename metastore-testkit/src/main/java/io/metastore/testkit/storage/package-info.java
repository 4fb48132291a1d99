/**
 * The contract kit of the storage SPI: {@link io.metastore.testkit.storage.StorageEngineContract}
 * has a test for every promise that {@link io.metastore.api.storage} makes, but for those below,
 * and any engine passes it by naming its provider:
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
 *
 * <p>These promises are kept by their author's care, as no test sees them broken:
 *
 * <ul>
 *   <li>What was flushed, and a checkpoint, survive a crash of the <em>machine</em>. Processes are
 *       killed at random, but what they wrote is then in the system's cache, and stays; that it is
 *       on the disk shows only when power is cut. {@code strace -f -e trace=fsync,fdatasync} of a
 *       test shows whether an engine asks for it at all.
 *   <li>The message of a {@link io.metastore.api.storage.StorageException} says what can be done.
 *       Tests look that it is one line and names the file or directory.
 *   <li>A keyspace that a directory lacks is created empty, since only another release writes a
 *       store without it; our engines have tests of their own for that.
 *   <li>{@code sizes} and {@code statistics} are cheap, and a provider's constructor is; that it
 *       leaves no thread and no open file is tested.
 *   <li>A store and a checkpoint of another engine are refused. Tests try the engines on their
 *       path, which are often none, and a file that is nobody's.
 * </ul>
 */
@NullMarked
package io.metastore.testkit.storage;

import org.jspecify.annotations.NullMarked;
