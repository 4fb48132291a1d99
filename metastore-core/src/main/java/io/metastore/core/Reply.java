package io.metastore.core;

import com.google.protobuf.Message;
import io.metastore.api.ErrorCode;

/**
 * The outcome of a proposal. Refusals are values, not exceptions: they are part of the replicated
 * state machine's answer and the same on every member.
 */
public sealed interface Reply {
  /**
   * The proposal was done.
   *
   * @param response etcd's response message; its header lacks what only the answering member knows
   */
  record Done(Message.Builder response) implements Reply {}

  /** The proposal changed nothing. */
  record Refused(ErrorCode code) implements Reply {}
}
