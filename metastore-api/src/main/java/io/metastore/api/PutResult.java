package io.metastore.api;

import java.util.Optional;

/**
 * What a {@link Put} did.
 *
 * @param revision the revision it made
 * @param previous what was there before, if that was asked for and there was something
 */
public record PutResult(long revision, Optional<KeyValue> previous) implements Result {}
