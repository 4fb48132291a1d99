package io.metastore.core.auth;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.StorageView;
import io.metastore.core.message.Compare;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.mvcc.KeyRanges;
import io.metastore.core.mvcc.LeaseTable;
import java.util.List;
import java.util.Optional;

/**
 * What a caller may do at one state. Each check throws a {@link MetastoreException} that says what
 * is missing, as etcd does and in its order: a user, credentials that are not stale, the permission
 * (behaviours 66 to 73 of the contract; etcd {@code server/auth/store.go}, isOpPermitted).
 *
 * <p>Immutable. With authentication off everything is permitted, and so it is to callers inside
 * this process.
 */
public final class Permissions {
  private static final ByteString FIRST_KEY = ByteString.copyFrom(new byte[] {0});

  private final AuthState state;
  private final Identity caller;

  private Permissions(AuthState state, Identity caller) {
    this.state = state;
    this.caller = caller;
  }

  /** What a caller may do. */
  public static Permissions of(AuthState state, Identity caller) {
    return new Permissions(state, caller);
  }

  private boolean unchecked() {
    return !state.enabled() || !caller.client();
  }

  /** Checks that the caller is a user, whichever. */
  public void requireUser() {
    if (unchecked()) {
      return;
    }
    if (caller.user().isEmpty()) {
      throw MetastoreException.of(ErrorCode.USER_EMPTY);
    }
  }

  /** Checks that the caller may administer the cluster. */
  public void requireAdmin() {
    requireUser();
    if (!unchecked()
        && !state
            .rights(caller.user())
            .orElseThrow(() -> MetastoreException.of(ErrorCode.USER_NOT_FOUND))
            .root()) {
      throw MetastoreException.of(ErrorCode.PERMISSION_DENIED);
    }
  }

  /** The caller's rights; empty when nothing needs to be checked. */
  private Optional<Rights> checkedRights() {
    requireUser();
    if (unchecked()) {
      return Optional.empty();
    }
    if (caller.revision() != 0 && caller.revision() < state.revision()) {
      throw MetastoreException.of(ErrorCode.AUTH_OLD_REVISION);
    }
    Rights rights =
        state
            .rights(caller.user())
            .orElseThrow(() -> MetastoreException.of(ErrorCode.PERMISSION_DENIED));
    return rights.root() ? Optional.empty() : Optional.of(rights);
  }

  private void requireRead(ByteString key, ByteString rangeEnd) {
    require(checkedRights().map(Rights::readable), KeyRanges.covered(key, rangeEnd));
  }

  private void requireWrite(ByteString key, ByteString rangeEnd) {
    require(checkedRights().map(Rights::writable), KeyRanges.covered(key, rangeEnd));
  }

  private static void require(Optional<KeySet> granted, KeyRange asked) {
    if (granted.isPresent() && !granted.get().covers(asked)) {
      throw MetastoreException.of(ErrorCode.PERMISSION_DENIED);
    }
  }

  /** Checks a range. */
  public void check(RangeRequest request) {
    requireRead(request.getKey(), request.getRangeEnd());
  }

  /** Checks a watch; one without a key begins at the first there can be. */
  public void check(WatchCreateRequest request) {
    requireRead(request.getKey().isEmpty() ? FIRST_KEY : request.getKey(), request.getRangeEnd());
  }

  /**
   * Checks a put. Attaching the key to a lease needs the right to write all keys of that: who holds
   * the lease may delete the key.
   */
  public void check(PutRequest request, StorageView view) {
    requireWrite(request.getKey(), ByteString.EMPTY);
    if (request.getLease() != 0) {
      checkLeaseWrite(request.getLease(), view);
    }
    if (request.getPrevKv()) {
      requireRead(request.getKey(), ByteString.EMPTY);
    }
  }

  /** Checks a delete. */
  public void check(DeleteRangeRequest request) {
    requireWrite(request.getKey(), request.getRangeEnd());
    if (request.getPrevKv()) {
      requireRead(request.getKey(), request.getRangeEnd());
    }
  }

  /** Checks a transaction: its compares and both its branches, whichever will run. */
  public void check(TxnRequest request, StorageView view) {
    for (Compare compare : request.getCompareList()) {
      requireRead(compare.getKey(), compare.getRangeEnd());
    }
    check(request.getSuccessList(), view);
    check(request.getFailureList(), view);
  }

  private void check(List<RequestOp> operations, StorageView view) {
    for (RequestOp op : operations) {
      switch (op.getRequestCase()) {
        case REQUEST_RANGE -> check(op.getRequestRange());
        case REQUEST_PUT -> check(op.getRequestPut(), view);
        case REQUEST_DELETE_RANGE -> check(op.getRequestDeleteRange());
        case REQUEST_TXN -> check(op.getRequestTxn(), view);
        case REQUEST_NOT_SET -> {}
      }
    }
  }

  /** Checks what ends or prolongs a lease: all its keys must be writable. */
  public void checkLeaseWrite(long id, StorageView view) {
    checkedRights().ifPresent(rights -> checkKeys(rights.writable(), id, view));
  }

  /** Checks what tells of a lease's keys: all must be readable. */
  public void checkLeaseRead(long id, StorageView view) {
    checkedRights().ifPresent(rights -> checkKeys(rights.readable(), id, view));
  }

  private static void checkKeys(KeySet granted, long id, StorageView view) {
    for (byte[] key : LeaseTable.keys(view, id)) {
      require(Optional.of(granted), KeyRanges.covered(ByteString.copyFrom(key), ByteString.EMPTY));
    }
  }

  /** Checks what tells of a user: an administrator may ask for each, a user for itself. */
  public void checkUserGet(String name) {
    // As in etcd, nobody passes for the user without a name, whom there cannot be.
    if (!caller.user().equals(name)) {
      requireAdmin();
    }
  }

  /** Checks what tells of a role: an administrator may ask for each, a user for its own. */
  public void checkRoleGet(String role) {
    boolean own =
        state.user(caller.user()).map(user -> user.getRolesList().contains(role)).orElse(false);
    if (!own) {
      requireAdmin();
    }
  }
}
