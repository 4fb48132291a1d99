package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.storage.Keyspace;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.ResponseHeader;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What put and delete do to the keys, and what they answer. Headers of answers carry the revision
 * alone; the rest is the answering member's.
 *
 * <p>Belongs to the apply thread. Source: etcd {@code server/etcdserver/txn/}.
 */
public final class Commands {
  private Commands() {}

  /** Why a put cannot be done on a state, if it cannot. */
  public static Optional<ErrorCode> refusal(ReadState state, PutRequest request) {
    if (request.getLease() != 0 && LeaseTable.find(state.view(), request.getLease()).isEmpty()) {
      return Optional.of(ErrorCode.LEASE_NOT_FOUND);
    }
    return lacksKey(state, request) ? Optional.of(ErrorCode.KEY_NOT_FOUND) : Optional.empty();
  }

  /** Whether a put takes over something of the key as it is. */
  public static boolean needsKey(PutRequest request) {
    return request.getIgnoreValue() || request.getIgnoreLease();
  }

  /** Whether a put needs its key and the state does not have it. */
  public static boolean lacksKey(ReadState state, PutRequest request) {
    return needsKey(request)
        && state.view().get(Keyspace.CURRENT, request.getKey().toByteArray()).isEmpty();
  }

  /** Applies a put that nothing {@linkplain #refusal refuses}. */
  public static PutResponse.Builder put(MvccWriter writer, PutRequest request) {
    byte[] key = request.getKey().toByteArray();
    Optional<KeyRecord> previous = writer.current(key);
    ByteString value =
        request.getIgnoreValue() ? previous.orElseThrow().value() : request.getValue();
    long lease = request.getIgnoreLease() ? previous.orElseThrow().lease() : request.getLease();
    writer.put(key, previous, value, lease);

    PutResponse.Builder response = PutResponse.newBuilder().setHeader(header(writer));
    if (request.getPrevKv()) {
      previous.ifPresent(old -> response.setPrevKv(old.toKeyValue(request.getKey())));
    }
    return response;
  }

  /** Whether a key is among those that a delete is for. */
  public static boolean deletes(DeleteRangeRequest request, ByteString key) {
    return KeyRanges.isSingle(request.getRangeEnd())
        ? request.getKey().equals(key)
        : KeyRanges.of(request.getKey(), request.getRangeEnd()).contains(key.toByteArray());
  }

  /** Applies a delete; deleting nothing is a success that moves no revision. */
  public static DeleteRangeResponse.Builder deleteRange(
      MvccWriter writer, DeleteRangeRequest request) {
    writer.countDelete();
    DeleteRangeResponse.Builder response = DeleteRangeResponse.newBuilder();
    boolean tells = request.getPrevKv() && writer.isAnswering();
    BiConsumer<byte[], KeyRecord> deleted =
        (key, old) -> {
          if (tells) {
            response.addPrevKvs(old.toKeyValue(MvccWriter.wrap(key)));
          }
        };
    long count =
        KeyRanges.isSingle(request.getRangeEnd())
            ? deleteOne(writer, request.getKey().toByteArray(), deleted)
            : writer.deleteRange(KeyRanges.of(request.getKey(), request.getRangeEnd()), deleted);
    return response.setHeader(header(writer)).setDeleted(count);
  }

  private static long deleteOne(
      MvccWriter writer, byte[] key, BiConsumer<byte[], KeyRecord> deleted) {
    Optional<KeyRecord> doomed = writer.current(key);
    doomed.ifPresent(
        record -> {
          deleted.accept(key, record);
          writer.delete(key, record);
        });
    return doomed.isPresent() ? 1 : 0;
  }

  private static ResponseHeader header(MvccWriter writer) {
    return ResponseHeader.newBuilder().setRevision(writer.revisionToRead()).build();
  }
}
