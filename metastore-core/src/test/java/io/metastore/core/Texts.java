package io.metastore.core;

import com.google.protobuf.ByteString;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;

/** Requests written as text, for tests. */
public final class Texts {
  /** The end of a range that has none. */
  public static final String NO_END = "\0";

  private Texts() {}

  /** Bytes of a text. */
  public static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** A put. */
  public static Proposal put(String key, String value) {
    return put(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)));
  }

  /** A put with options. */
  public static Proposal put(PutRequest.Builder request) {
    return Proposal.newBuilder().setPut(request).build();
  }

  /** A delete of one key. */
  public static Proposal delete(String key) {
    return delete(DeleteRangeRequest.newBuilder().setKey(bytes(key)));
  }

  /** A delete of a range. */
  public static Proposal delete(String key, String end) {
    return delete(DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)));
  }

  /** A delete with options. */
  public static Proposal delete(DeleteRangeRequest.Builder request) {
    return Proposal.newBuilder().setDeleteRange(request).build();
  }

  /** A read of one key. */
  public static RangeRequest.Builder range(String key) {
    return RangeRequest.newBuilder().setKey(bytes(key));
  }

  /** A read of a range. */
  public static RangeRequest.Builder range(String key, String end) {
    return range(key).setRangeEnd(bytes(end));
  }

  /** A read of every key. */
  public static RangeRequest.Builder everything() {
    return range(NO_END, NO_END);
  }
}
