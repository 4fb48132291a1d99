package io.metastore.core;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeRequest.SortOrder;
import io.metastore.core.message.RangeRequest.SortTarget;

/**
 * The checks that need nothing but the request, in etcd's order (etcd {@code
 * server/etcdserver/api/v3rpc/key.go}). Each throws a {@link MetastoreException} with what is
 * wrong.
 */
final class Requests {
  private Requests() {}

  /** Checks a range. */
  static void check(RangeRequest request) {
    requireKey(request.getKey().isEmpty());
    if (request.getSortOrder() == SortOrder.UNRECOGNIZED
        || request.getSortTarget() == SortTarget.UNRECOGNIZED) {
      throw MetastoreException.of(ErrorCode.INVALID_SORT_OPTION);
    }
  }

  /** Checks a range that is to be streamed: in key order and without filters. */
  static void checkStream(RangeRequest request) {
    check(request);
    // etcd lets another target with no order pass, and then pages wrongly.
    if (request.getSortOrder() == SortOrder.DESCEND
        || request.getSortTarget() != SortTarget.KEY
        || request.getMinModRevision() != 0
        || request.getMaxModRevision() != 0
        || request.getMinCreateRevision() != 0
        || request.getMaxCreateRevision() != 0) {
      throw MetastoreException.of(ErrorCode.RANGE_STREAM_UNSUPPORTED);
    }
  }

  /** Checks a put. */
  static void check(PutRequest request) {
    requireKey(request.getKey().isEmpty());
    if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
      throw MetastoreException.of(ErrorCode.VALUE_PROVIDED);
    }
    if (request.getIgnoreLease() && request.getLease() != 0) {
      throw MetastoreException.of(ErrorCode.LEASE_PROVIDED);
    }
  }

  /** Checks a delete. */
  static void check(DeleteRangeRequest request) {
    requireKey(request.getKey().isEmpty());
  }

  /** Refuses a request without a key. */
  static void requireKey(boolean missing) {
    if (missing) {
      throw MetastoreException.of(ErrorCode.EMPTY_KEY);
    }
  }
}
