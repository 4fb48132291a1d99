package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.storage.KeyRange;
import io.metastore.core.Reply;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.ResponseHeader;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What each command of the log does to the keys, and what it answers. Headers of answers carry the
 * revision alone; the rest is the answering member's.
 *
 * <p>Belongs to the apply thread. Source: etcd {@code server/etcdserver/txn/}.
 */
public final class Commands {
  private Commands() {}

  /** Applies a put, or refuses it and changes nothing. */
  public static Reply put(MvccWriter writer, PutRequest request) {
    if (request.getLease() != 0) {
      // No lease can have been granted: LeaseGrant is not served.
      return new Reply.Refused(ErrorCode.LEASE_NOT_FOUND);
    }
    byte[] key = request.getKey().toByteArray();
    Optional<KeyRecord> previous = writer.current(key);
    if (previous.isEmpty() && (request.getIgnoreValue() || request.getIgnoreLease())) {
      return new Reply.Refused(ErrorCode.KEY_NOT_FOUND);
    }
    ByteString value =
        request.getIgnoreValue() ? previous.orElseThrow().value() : request.getValue();
    long lease = request.getIgnoreLease() ? previous.orElseThrow().lease() : request.getLease();
    writer.put(key, previous, value, lease);
    writer.endCommand();

    PutResponse.Builder response = PutResponse.newBuilder().setHeader(header(writer));
    if (request.getPrevKv()) {
      previous.ifPresent(old -> response.setPrevKv(old.toKeyValue(request.getKey())));
    }
    return new Reply.Put(response);
  }

  /** Applies a delete; deleting nothing is a success that moves no revision. */
  public static Reply deleteRange(MvccWriter writer, DeleteRangeRequest request) {
    SortedMap<byte[], KeyRecord> doomed = doomed(writer, request);
    doomed.forEach(writer::delete);
    writer.endCommand();

    DeleteRangeResponse.Builder response =
        DeleteRangeResponse.newBuilder().setHeader(header(writer)).setDeleted(doomed.size());
    if (request.getPrevKv()) {
      doomed.forEach((key, old) -> response.addPrevKvs(old.toKeyValue(MvccWriter.wrap(key))));
    }
    return new Reply.DeleteRange(response);
  }

  private static SortedMap<byte[], KeyRecord> doomed(
      MvccWriter writer, DeleteRangeRequest request) {
    if (!KeyRanges.isSingle(request.getRangeEnd())) {
      KeyRange range = KeyRanges.of(request.getKey(), request.getRangeEnd());
      return writer.currentRange(range);
    }
    SortedMap<byte[], KeyRecord> doomed = new TreeMap<>(Arrays::compareUnsigned);
    byte[] key = request.getKey().toByteArray();
    writer.current(key).ifPresent(record -> doomed.put(key, record));
    return doomed;
  }

  private static ResponseHeader header(MvccWriter writer) {
    return ResponseHeader.newBuilder().setRevision(writer.revision()).build();
  }
}
