package io.metastore.core.apply;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * A log entry on its way out of the log.
 *
 * @param index its place in the log
 * @param term the term in which it was proposed
 * @param entry an encoded {@link io.metastore.core.message.Entry}; read only, not changed by anyone
 * @param applyDone completed when the engine has the entry's effects and readers see them
 */
public record Commit(long index, long term, ByteBuffer entry, CompletableFuture<Void> applyDone) {}
