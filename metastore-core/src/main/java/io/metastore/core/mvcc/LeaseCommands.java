package io.metastore.core.mvcc;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.LeaseCheckpointRequest;
import io.metastore.core.message.LeaseCheckpointResponse;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.LeaseRevokeResponse;
import io.metastore.core.message.ResponseHeader;
import java.util.List;

/**
 * What the lease commands do, and what they answer (behaviours 57 and 61 of the contract; etcd
 * {@code server/lease/lessor.go}). Headers of answers carry the revision alone.
 *
 * <p>Belongs to the apply thread. Whatever could differ between members, a drawn id or a configured
 * smallest TTL, is in the request already.
 */
public final class LeaseCommands {
  private LeaseCommands() {}

  /**
   * Grants a lease.
   *
   * @throws MetastoreException when the id is taken
   */
  public static LeaseGrantResponse.Builder grant(MvccWriter writer, LeaseGrantRequest request) {
    if (LeaseTable.find(writer.view(), request.getID()).isPresent()) {
      throw MetastoreException.of(ErrorCode.LEASE_EXIST);
    }
    writer.leases().grant(new LeaseRecord(request.getID(), request.getTTL(), 0));
    return LeaseGrantResponse.newBuilder()
        .setHeader(header(writer))
        .setID(request.getID())
        .setTTL(request.getTTL());
  }

  /**
   * Revokes a lease and deletes its keys, in their order and in one revision; without keys the
   * revision stays.
   *
   * @throws MetastoreException when there is no such lease
   */
  public static LeaseRevokeResponse.Builder revoke(MvccWriter writer, LeaseRevokeRequest request) {
    long id = request.getID();
    if (LeaseTable.find(writer.view(), id).isEmpty()) {
      throw MetastoreException.of(ErrorCode.LEASE_NOT_FOUND);
    }
    List<byte[]> keys;
    do {
      // A piece at a time, the first of what is left: there may be more than fits in memory.
      keys = LeaseTable.keys(writer.view(), id, writer.pieceKeys());
      keys.forEach(
          key -> {
            writer.countDelete();
            writer.delete(key, attached(writer, key, id));
          });
      writer.spillIfLarge();
    } while (keys.size() == writer.pieceKeys());
    writer.leases().revoke(id);
    return LeaseRevokeResponse.newBuilder().setHeader(header(writer));
  }

  private static KeyRecord attached(MvccWriter writer, byte[] key, long id) {
    return writer
        .current(key)
        .filter(record -> record.lease() == id)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "a key is attached to lease "
                        + Long.toHexString(id)
                        + " whose record does not say so"));
  }

  /** Notes what is left of leases; one that is gone meanwhile is passed over. */
  public static LeaseCheckpointResponse.Builder checkpoint(
      MvccWriter writer, LeaseCheckpointRequest request) {
    request
        .getCheckpointsList()
        .forEach(
            checkpoint ->
                LeaseTable.find(writer.view(), checkpoint.getID())
                    .ifPresent(
                        lease ->
                            writer
                                .leases()
                                .put(lease.withRemaining(checkpoint.getRemainingTTL()))));
    return LeaseCheckpointResponse.newBuilder().setHeader(header(writer));
  }

  private static ResponseHeader header(MvccWriter writer) {
    return ResponseHeader.newBuilder().setRevision(writer.revisionToRead()).build();
  }
}
