package io.metastore.core.typed;

import com.google.protobuf.ByteString;
import io.metastore.api.Bytes;
import io.metastore.api.DeleteResult;
import io.metastore.api.KeyValue;
import io.metastore.api.LeaseStatus;
import io.metastore.api.PutResult;
import io.metastore.api.RangeResult;
import io.metastore.api.Result;
import io.metastore.api.Status;
import io.metastore.api.TxnResult;
import io.metastore.api.WatchEvent;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.Event;
import io.metastore.core.message.LeaseTimeToLiveResponse;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.ResponseOp;
import io.metastore.core.message.StatusResponse;
import io.metastore.core.message.TxnResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Results from etcd's messages. */
final class FromMessages {
  private FromMessages() {}

  private static Bytes bytes(ByteString bytes) {
    return Bytes.copyOf(bytes.asReadOnlyByteBuffer());
  }

  static KeyValue entry(io.metastore.core.message.KeyValue kv) {
    return new KeyValue(
        bytes(kv.getKey()),
        bytes(kv.getValue()),
        kv.getCreateRevision(),
        kv.getModRevision(),
        kv.getVersion(),
        kv.getLease());
  }

  private static List<KeyValue> entries(List<io.metastore.core.message.KeyValue> kvs) {
    return kvs.stream().map(FromMessages::entry).toList();
  }

  static RangeResult range(RangeResponse response) {
    return range(response, response.getHeader().getRevision());
  }

  private static RangeResult range(RangeResponse response, long revision) {
    return new RangeResult(
        revision, entries(response.getKvsList()), response.getMore(), response.getCount());
  }

  static PutResult put(PutResponse response) {
    return put(response, response.getHeader().getRevision());
  }

  private static PutResult put(PutResponse response, long revision) {
    return new PutResult(
        revision,
        response.hasPrevKv() ? Optional.of(entry(response.getPrevKv())) : Optional.empty());
  }

  static DeleteResult delete(DeleteRangeResponse response) {
    return delete(response, response.getHeader().getRevision());
  }

  private static DeleteResult delete(DeleteRangeResponse response, long revision) {
    return new DeleteResult(revision, response.getDeleted(), entries(response.getPrevKvsList()));
  }

  static TxnResult txn(TxnResponse response) {
    return txn(response, response.getHeader().getRevision());
  }

  /** Only the outermost header is sure to be there. */
  private static TxnResult txn(TxnResponse response, long revision) {
    return new TxnResult(
        revision,
        response.getSucceeded(),
        response.getResponsesList().stream().map(each -> result(each, revision)).toList());
  }

  private static Result result(ResponseOp response, long revision) {
    return switch (response.getResponseCase()) {
      case RESPONSE_RANGE -> range(response.getResponseRange(), revision);
      case RESPONSE_PUT -> put(response.getResponsePut(), revision);
      case RESPONSE_DELETE_RANGE -> delete(response.getResponseDeleteRange(), revision);
      case RESPONSE_TXN -> txn(response.getResponseTxn(), revision);
      case RESPONSE_NOT_SET ->
          throw new IllegalStateException("an operation of a transaction has no answer");
    };
  }

  static WatchEvent event(Event event) {
    Optional<KeyValue> previous =
        event.hasPrevKv() ? Optional.of(entry(event.getPrevKv())) : Optional.empty();
    return event.getType() == Event.EventType.DELETE
        ? new WatchEvent.Deleted(
            bytes(event.getKv().getKey()), event.getKv().getModRevision(), previous)
        : new WatchEvent.Stored(entry(event.getKv()), previous);
  }

  static LeaseStatus lease(LeaseTimeToLiveResponse response) {
    return new LeaseStatus(
        response.getID(),
        Duration.ofSeconds(response.getGrantedTTL()),
        Duration.ofSeconds(response.getTTL()),
        response.getKeysList().stream().map(FromMessages::bytes).toList());
  }

  static Status status(StatusResponse response) {
    return new Status(
        response.getVersion(),
        response.getHeader().getClusterId(),
        response.getHeader().getMemberId(),
        response.getLeader(),
        response.getHeader().getRevision(),
        response.getRaftTerm(),
        response.getRaftIndex(),
        response.getRaftAppliedIndex(),
        response.getDbSize(),
        response.getDbSizeInUse(),
        response.getIsLearner(),
        response.getErrorsList());
  }
}
