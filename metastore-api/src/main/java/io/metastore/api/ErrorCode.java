package io.metastore.api;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Every way in which a request can be refused or fail, with the gRPC status and the text that etcd
 * gives it. Clients match on both, so both are contract.
 *
 * <p>Source: etcd {@code api/v3rpc/rpctypes/error.go}; the two with {@link Status#UNKNOWN} lose
 * their status on etcd's wire ({@code api/v3rpc/util.go}), and so do they here.
 */
public enum ErrorCode {
  /** A request without a key. */
  EMPTY_KEY(Status.INVALID_ARGUMENT, "key is not provided"),
  /** A put that keeps a value or a lease, of a key that is not there. */
  KEY_NOT_FOUND(Status.INVALID_ARGUMENT, "key not found"),
  /** A put that keeps the value and brings one. */
  VALUE_PROVIDED(Status.INVALID_ARGUMENT, "value is provided"),
  /** A put that keeps the lease and brings one. */
  LEASE_PROVIDED(Status.INVALID_ARGUMENT, "lease is provided"),
  /** A transaction with too many comparisons or operations. */
  TOO_MANY_OPS(Status.INVALID_ARGUMENT, "too many operations in txn request"),
  /** A transaction that puts a key twice, or puts and deletes it. */
  DUPLICATE_KEY(Status.INVALID_ARGUMENT, "duplicate key given in txn request"),
  /** A client whose version is no text. */
  INVALID_CLIENT_API_VERSION(Status.INVALID_ARGUMENT, "invalid client api version"),
  /** An order that does not exist. */
  INVALID_SORT_OPTION(Status.INVALID_ARGUMENT, "invalid sort option"),
  /** A streamed range in another order than the keys', or with filters. */
  RANGE_STREAM_UNSUPPORTED(
      Status.UNIMPLEMENTED, "range stream supports neither this sort option nor revision filters"),
  /** A revision whose history is gone. */
  COMPACTED(Status.OUT_OF_RANGE, "mvcc: required revision has been compacted"),
  /** A revision that is not there yet. */
  FUTURE_REV(Status.OUT_OF_RANGE, "mvcc: required revision is a future revision"),
  /** A write while the NOSPACE alarm is raised. */
  NO_SPACE(Status.RESOURCE_EXHAUSTED, "mvcc: database space exceeded"),
  /** A lease that does not exist or has ended. */
  LEASE_NOT_FOUND(Status.NOT_FOUND, "requested lease not found"),
  /** A lease id that is taken. */
  LEASE_EXIST(Status.FAILED_PRECONDITION, "lease already exists"),
  /** A lease that is to live for centuries. */
  LEASE_TTL_TOO_LARGE(Status.OUT_OF_RANGE, "too large lease TTL"),
  /** A watch that the server ended. */
  WATCH_CANCELED(Status.CANCELLED, "watch canceled"),
  /** A member id that is taken. */
  MEMBER_EXIST(Status.FAILED_PRECONDITION, "member ID already exist"),
  /** A peer URL that is taken. */
  PEER_URL_EXIST(Status.FAILED_PRECONDITION, "Peer URLs already exists"),
  /** A change of members that would cost the majority. */
  MEMBER_NOT_ENOUGH_STARTED(
      Status.UNKNOWN, "re-configuration failed due to not enough started members"),
  /** Peer URLs that are none. */
  MEMBER_BAD_URLS(Status.INVALID_ARGUMENT, "given member URLs are invalid"),
  /** A member that does not exist. */
  MEMBER_NOT_FOUND(Status.NOT_FOUND, "member not found"),
  /** A promotion of a voter. */
  MEMBER_NOT_LEARNER(Status.FAILED_PRECONDITION, "can only promote a learner member"),
  /** A promotion of a learner that lags behind. */
  LEARNER_NOT_READY(
      Status.FAILED_PRECONDITION, "can only promote a learner member which is in sync with leader"),
  /** One learner too many. */
  TOO_MANY_LEARNERS(Status.FAILED_PRECONDITION, "too many learner members in cluster"),
  /** A member of another cluster. */
  CLUSTER_ID_MISMATCH(Status.FAILED_PRECONDITION, "cluster ID mismatch"),
  /** A request above the size limit. */
  REQUEST_TOO_LARGE(Status.INVALID_ARGUMENT, "request is too large"),
  /** Too many writes wait already; nothing was done. */
  REQUEST_TOO_MANY_REQUESTS(Status.UNKNOWN, "too many requests"),
  /** Authentication cannot begin without a root user. */
  ROOT_USER_NOT_EXIST(Status.FAILED_PRECONDITION, "root user does not exist"),
  /** Authentication cannot begin while root lacks its role. */
  ROOT_ROLE_NOT_EXIST(Status.FAILED_PRECONDITION, "root user does not have root role"),
  /** A user name that is taken. */
  USER_ALREADY_EXIST(Status.FAILED_PRECONDITION, "user name already exists"),
  /** No user name. */
  USER_EMPTY(Status.INVALID_ARGUMENT, "user name is empty"),
  /** A user that does not exist. */
  USER_NOT_FOUND(Status.FAILED_PRECONDITION, "user name not found"),
  /** A role name that is taken. */
  ROLE_ALREADY_EXIST(Status.FAILED_PRECONDITION, "role name already exists"),
  /** A role that does not exist. */
  ROLE_NOT_FOUND(Status.FAILED_PRECONDITION, "role name not found"),
  /** No role name. */
  ROLE_EMPTY(Status.INVALID_ARGUMENT, "role name is empty"),
  /** A wrong user name or password. */
  AUTH_FAILED(Status.INVALID_ARGUMENT, "authentication failed, invalid user ID or password"),
  /** A password for a user that has none; etcd's wire has no code for it. */
  NO_PASSWORD_USER("auth: authentication failed, password was given for no password user"),
  /** A password that bcrypt cannot take whole; etcd's wire has no code for it. */
  PASSWORD_TOO_LONG("bcrypt: password length exceeds 72 bytes"),
  /** A grant without a permission. */
  PERMISSION_NOT_GIVEN(Status.INVALID_ARGUMENT, "permission not given"),
  /** A user who may not do this. */
  PERMISSION_DENIED(Status.PERMISSION_DENIED, "permission denied"),
  /** A role that the user does not have. */
  ROLE_NOT_GRANTED(Status.FAILED_PRECONDITION, "role is not granted to the user"),
  /** A permission that the role does not have. */
  PERMISSION_NOT_GRANTED(Status.FAILED_PRECONDITION, "permission is not granted to the role"),
  /** A login while authentication is off. */
  AUTH_NOT_ENABLED(Status.FAILED_PRECONDITION, "authentication is not enabled"),
  /** A token that is unknown or has expired. */
  INVALID_AUTH_TOKEN(Status.UNAUTHENTICATED, "invalid auth token"),
  /** A change that would lock everyone out. */
  INVALID_AUTH_MGMT(Status.INVALID_ARGUMENT, "invalid auth management"),
  /** A token from before the users or roles changed. */
  AUTH_OLD_REVISION(Status.INVALID_ARGUMENT, "revision of auth store is old"),
  /** There is no leader; nothing was done. */
  NO_LEADER(Status.UNAVAILABLE, "no leader"),
  /** A request for the leader that reached another member. */
  NOT_LEADER(Status.FAILED_PRECONDITION, "not leader"),
  /** The leader changed before the answer. */
  LEADER_CHANGED(Status.UNAVAILABLE, "leader changed"),
  /** A cluster whose version cannot do this. */
  NOT_CAPABLE(Status.FAILED_PRECONDITION, "not capable"),
  /** The member is stopping or has stopped. */
  STOPPED(Status.UNAVAILABLE, "server stopped"),
  /** No answer in time: a write may have happened. */
  TIMEOUT(Status.UNAVAILABLE, "request timed out"),
  /** No answer in time, the leader was lost: a write may have happened. */
  TIMEOUT_DUE_TO_LEADER_FAIL(
      Status.UNAVAILABLE, "request timed out, possibly due to previous leader failure"),
  /** No answer in time, the connection was lost: a write may have happened. */
  TIMEOUT_DUE_TO_CONNECTION_LOST(
      Status.UNAVAILABLE, "request timed out, possibly due to connection lost"),
  /** The member lags too far behind to answer in time. */
  TIMEOUT_WAIT_APPLIED_INDEX(
      Status.UNAVAILABLE, "request timed out, waiting for the applied index took too long"),
  /** Too few members are well. */
  UNHEALTHY(Status.UNAVAILABLE, "unhealthy cluster"),
  /** The CORRUPT alarm is raised. */
  CORRUPT(Status.DATA_LOSS, "corrupt cluster"),
  /** A request that a learner does not answer. */
  NOT_SUPPORTED_FOR_LEARNER(Status.FAILED_PRECONDITION, "rpc not supported for learner"),
  /** A member that cannot become the leader. */
  BAD_LEADER_TRANSFEREE(Status.FAILED_PRECONDITION, "bad leader transferee"),
  /** A version that is none. */
  WRONG_DOWNGRADE_VERSION_FORMAT(Status.INVALID_ARGUMENT, "wrong downgrade target version format"),
  /** A version that cannot be gone back to. */
  INVALID_DOWNGRADE_TARGET_VERSION(Status.INVALID_ARGUMENT, "invalid downgrade target version"),
  /** A cluster that does not know its version yet. */
  CLUSTER_VERSION_UNAVAILABLE(
      Status.FAILED_PRECONDITION, "cluster version not found during downgrade"),
  /** A downgrade that is under way already. */
  DOWNGRADE_IN_PROCESS(Status.FAILED_PRECONDITION, "cluster has a downgrade job in progress"),
  /** No downgrade to cancel. */
  NO_INFLIGHT_DOWNGRADE(Status.FAILED_PRECONDITION, "no inflight downgrade job"),
  /** The caller gave up: a write may have happened. */
  CANCELED(Status.CANCELLED, "request canceled"),
  /** The caller's time was over: a write may have happened. */
  DEADLINE_EXCEEDED(Status.DEADLINE_EXCEEDED, "context deadline exceeded"),
  /** A failure for which etcd has no code; the message of its exception says what it was. */
  OTHER(Status.UNKNOWN, "unknown failure");

  /** A gRPC status, by its canonical name; {@link #value()} is its number on the wire. */
  public enum Status {
    /** Done. */
    OK(0),
    /** The caller gave up. */
    CANCELLED(1),
    /** Something without a status of its own. */
    UNKNOWN(2),
    /** Wrong whatever the state of the store. */
    INVALID_ARGUMENT(3),
    /** The time is over. */
    DEADLINE_EXCEEDED(4),
    /** Something is not there. */
    NOT_FOUND(5),
    /** Something is there already. */
    ALREADY_EXISTS(6),
    /** The caller may not do this. */
    PERMISSION_DENIED(7),
    /** A limit is reached. */
    RESOURCE_EXHAUSTED(8),
    /** Wrong in the present state of the store. */
    FAILED_PRECONDITION(9),
    /** Lost against somebody else. */
    ABORTED(10),
    /** Beyond what is there. */
    OUT_OF_RANGE(11),
    /** Not offered. */
    UNIMPLEMENTED(12),
    /** A fault of the server. */
    INTERNAL(13),
    /** Not now. */
    UNAVAILABLE(14),
    /** Data are damaged. */
    DATA_LOSS(15),
    /** Nobody knows who asks. */
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

  private static final Map<String, ErrorCode> BY_TEXT =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ErrorCode::text, c -> c));

  private final Status status;
  private final String text;

  ErrorCode(Status status, String text) {
    this.status = status;
    this.text = PREFIX + text;
  }

  /** An error that etcd passes on as it is, without a status and without its name in front. */
  ErrorCode(String completeText) {
    this.status = Status.UNKNOWN;
    this.text = completeText;
  }

  /** The code with a text, {@link #OTHER} when there is none. */
  public static ErrorCode ofText(String text) {
    return BY_TEXT.getOrDefault(text, OTHER);
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
