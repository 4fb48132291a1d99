package io.metastore.api;

/**
 * Every way in which a request can be refused or fail, with the gRPC status and the text that etcd
 * gives it. Clients match on both, so both are contract.
 *
 * <p>Source: etcd {@code api/v3rpc/rpctypes/error.go}; the two with {@link Status#UNKNOWN} lose
 * their status on etcd's wire ({@code api/v3rpc/util.go}), and so do they here.
 */
public enum ErrorCode {
  EMPTY_KEY(Status.INVALID_ARGUMENT, "key is not provided"),
  KEY_NOT_FOUND(Status.INVALID_ARGUMENT, "key not found"),
  VALUE_PROVIDED(Status.INVALID_ARGUMENT, "value is provided"),
  LEASE_PROVIDED(Status.INVALID_ARGUMENT, "lease is provided"),
  TOO_MANY_OPS(Status.INVALID_ARGUMENT, "too many operations in txn request"),
  DUPLICATE_KEY(Status.INVALID_ARGUMENT, "duplicate key given in txn request"),
  INVALID_CLIENT_API_VERSION(Status.INVALID_ARGUMENT, "invalid client api version"),
  INVALID_SORT_OPTION(Status.INVALID_ARGUMENT, "invalid sort option"),
  RANGE_STREAM_UNSUPPORTED(
      Status.UNIMPLEMENTED, "range stream supports neither this sort option nor revision filters"),
  COMPACTED(Status.OUT_OF_RANGE, "mvcc: required revision has been compacted"),
  FUTURE_REV(Status.OUT_OF_RANGE, "mvcc: required revision is a future revision"),
  NO_SPACE(Status.RESOURCE_EXHAUSTED, "mvcc: database space exceeded"),
  LEASE_NOT_FOUND(Status.NOT_FOUND, "requested lease not found"),
  LEASE_EXIST(Status.FAILED_PRECONDITION, "lease already exists"),
  LEASE_TTL_TOO_LARGE(Status.OUT_OF_RANGE, "too large lease TTL"),
  WATCH_CANCELED(Status.CANCELLED, "watch canceled"),
  MEMBER_EXIST(Status.FAILED_PRECONDITION, "member ID already exist"),
  PEER_URL_EXIST(Status.FAILED_PRECONDITION, "Peer URLs already exists"),
  MEMBER_NOT_ENOUGH_STARTED(
      Status.UNKNOWN, "re-configuration failed due to not enough started members"),
  MEMBER_BAD_URLS(Status.INVALID_ARGUMENT, "given member URLs are invalid"),
  MEMBER_NOT_FOUND(Status.NOT_FOUND, "member not found"),
  MEMBER_NOT_LEARNER(Status.FAILED_PRECONDITION, "can only promote a learner member"),
  LEARNER_NOT_READY(
      Status.FAILED_PRECONDITION, "can only promote a learner member which is in sync with leader"),
  TOO_MANY_LEARNERS(Status.FAILED_PRECONDITION, "too many learner members in cluster"),
  CLUSTER_ID_MISMATCH(Status.FAILED_PRECONDITION, "cluster ID mismatch"),
  REQUEST_TOO_LARGE(Status.INVALID_ARGUMENT, "request is too large"),
  REQUEST_TOO_MANY_REQUESTS(Status.UNKNOWN, "too many requests"),
  ROOT_USER_NOT_EXIST(Status.FAILED_PRECONDITION, "root user does not exist"),
  ROOT_ROLE_NOT_EXIST(Status.FAILED_PRECONDITION, "root user does not have root role"),
  USER_ALREADY_EXIST(Status.FAILED_PRECONDITION, "user name already exists"),
  USER_EMPTY(Status.INVALID_ARGUMENT, "user name is empty"),
  USER_NOT_FOUND(Status.FAILED_PRECONDITION, "user name not found"),
  ROLE_ALREADY_EXIST(Status.FAILED_PRECONDITION, "role name already exists"),
  ROLE_NOT_FOUND(Status.FAILED_PRECONDITION, "role name not found"),
  ROLE_EMPTY(Status.INVALID_ARGUMENT, "role name is empty"),
  AUTH_FAILED(Status.INVALID_ARGUMENT, "authentication failed, invalid user ID or password"),
  PERMISSION_NOT_GIVEN(Status.INVALID_ARGUMENT, "permission not given"),
  PERMISSION_DENIED(Status.PERMISSION_DENIED, "permission denied"),
  ROLE_NOT_GRANTED(Status.FAILED_PRECONDITION, "role is not granted to the user"),
  PERMISSION_NOT_GRANTED(Status.FAILED_PRECONDITION, "permission is not granted to the role"),
  AUTH_NOT_ENABLED(Status.FAILED_PRECONDITION, "authentication is not enabled"),
  INVALID_AUTH_TOKEN(Status.UNAUTHENTICATED, "invalid auth token"),
  INVALID_AUTH_MGMT(Status.INVALID_ARGUMENT, "invalid auth management"),
  AUTH_OLD_REVISION(Status.INVALID_ARGUMENT, "revision of auth store is old"),
  NO_LEADER(Status.UNAVAILABLE, "no leader"),
  NOT_LEADER(Status.FAILED_PRECONDITION, "not leader"),
  LEADER_CHANGED(Status.UNAVAILABLE, "leader changed"),
  NOT_CAPABLE(Status.FAILED_PRECONDITION, "not capable"),
  STOPPED(Status.UNAVAILABLE, "server stopped"),
  TIMEOUT(Status.UNAVAILABLE, "request timed out"),
  TIMEOUT_DUE_TO_LEADER_FAIL(
      Status.UNAVAILABLE, "request timed out, possibly due to previous leader failure"),
  TIMEOUT_DUE_TO_CONNECTION_LOST(
      Status.UNAVAILABLE, "request timed out, possibly due to connection lost"),
  TIMEOUT_WAIT_APPLIED_INDEX(
      Status.UNAVAILABLE, "request timed out, waiting for the applied index took too long"),
  UNHEALTHY(Status.UNAVAILABLE, "unhealthy cluster"),
  CORRUPT(Status.DATA_LOSS, "corrupt cluster"),
  NOT_SUPPORTED_FOR_LEARNER(Status.FAILED_PRECONDITION, "rpc not supported for learner"),
  BAD_LEADER_TRANSFEREE(Status.FAILED_PRECONDITION, "bad leader transferee"),
  WRONG_DOWNGRADE_VERSION_FORMAT(Status.INVALID_ARGUMENT, "wrong downgrade target version format"),
  INVALID_DOWNGRADE_TARGET_VERSION(Status.INVALID_ARGUMENT, "invalid downgrade target version"),
  CLUSTER_VERSION_UNAVAILABLE(
      Status.FAILED_PRECONDITION, "cluster version not found during downgrade"),
  DOWNGRADE_IN_PROCESS(Status.FAILED_PRECONDITION, "cluster has a downgrade job in progress"),
  NO_INFLIGHT_DOWNGRADE(Status.FAILED_PRECONDITION, "no inflight downgrade job"),
  CANCELED(Status.CANCELLED, "request canceled"),
  DEADLINE_EXCEEDED(Status.DEADLINE_EXCEEDED, "context deadline exceeded");

  /** A gRPC status, by its canonical name; {@link #value()} is its number on the wire. */
  public enum Status {
    OK(0),
    CANCELLED(1),
    UNKNOWN(2),
    INVALID_ARGUMENT(3),
    DEADLINE_EXCEEDED(4),
    NOT_FOUND(5),
    ALREADY_EXISTS(6),
    PERMISSION_DENIED(7),
    RESOURCE_EXHAUSTED(8),
    FAILED_PRECONDITION(9),
    ABORTED(10),
    OUT_OF_RANGE(11),
    UNIMPLEMENTED(12),
    INTERNAL(13),
    UNAVAILABLE(14),
    DATA_LOSS(15),
    UNAUTHENTICATED(16);

    private final int value;

    Status(int value) {
      this.value = value;
    }

    /** The number on the wire, 0 to 16. */
    public int value() {
      return value;
    }
  }

  private static final String PREFIX = "etcdserver: ";

  private final Status status;
  private final String text;

  ErrorCode(Status status, String text) {
    this.status = status;
    this.text = PREFIX + text;
  }

  /** The gRPC status. */
  public Status status() {
    return status;
  }

  /** The complete text on the wire, as etcd spells it. */
  public String text() {
    return text;
  }
}
