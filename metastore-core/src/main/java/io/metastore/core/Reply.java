package io.metastore.core;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.PutResponse;

/**
 * The outcome of a proposal. Refusals are values, not exceptions: they are part of the replicated
 * state machine's answer and the same on every member. Headers lack what only the answering member
 * knows.
 */
public sealed interface Reply {
  /** The outcome of a put. */
  record Put(PutResponse.Builder response) implements Reply {}

  /** The outcome of a delete. */
  record DeleteRange(DeleteRangeResponse.Builder response) implements Reply {}

  /** The proposal changed nothing. */
  record Refused(ErrorCode code) implements Reply {}
}
