/**
 * What clients asked of a store and were told, and whether one register for each key explains it.
 *
 * <p>A {@link io.metastore.testkit.history.HistoryRecorder} is shared by the threads of a test;
 * each says when it begins an operation and how that ended. {@link
 * io.metastore.testkit.history.LinearizabilityChecker} then looks, for each key by itself, for an
 * order of the operations in which each gets the answer it got, and which has those that did not
 * overlap in the order they ran in. Recording is thread-safe; everything else are values.
 */
@NullMarked
package io.metastore.testkit.history;

import org.jspecify.annotations.NullMarked;
