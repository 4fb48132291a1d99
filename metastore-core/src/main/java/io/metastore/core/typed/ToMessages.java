package io.metastore.core.typed;

import com.google.protobuf.ByteString;
import io.metastore.api.Bytes;
import io.metastore.api.Compare;
import io.metastore.api.Delete;
import io.metastore.api.Keys;
import io.metastore.api.Operation;
import io.metastore.api.Put;
import io.metastore.api.Range;
import io.metastore.api.Txn;
import io.metastore.api.WatchOptions;
import io.metastore.core.message.Compare.CompareResult;
import io.metastore.core.message.Compare.CompareTarget;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeRequest.SortOrder;
import io.metastore.core.message.RangeRequest.SortTarget;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchCreateRequest.FilterType;
import io.metastore.core.message.WatchRequest;

/** Operations as etcd's messages. */
final class ToMessages {
  /** As a start it is the smallest key, as an end it means that there is none. */
  private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

  /**
   * Keys as etcd writes them.
   *
   * @param end empty for one key
   */
  private record Interval(ByteString key, ByteString end) {
    static Interval of(Keys keys) {
      return switch (keys) {
        case Keys.One(Bytes key) -> new Interval(bytes(key), ByteString.EMPTY);
        case Keys.Between(Bytes from, Bytes to) -> new Interval(start(from), bytes(to));
        case Keys.From(Bytes from) -> new Interval(start(from), ZERO);
      };
    }

    private static ByteString start(Bytes from) {
      return from.isEmpty() ? ZERO : bytes(from);
    }
  }

  private ToMessages() {}

  private static ByteString bytes(Bytes bytes) {
    return ByteString.copyFrom(bytes.asByteBuffer());
  }

  static RangeRequest range(Range range) {
    Interval keys = Interval.of(range.keys());
    return RangeRequest.newBuilder()
        .setKey(keys.key())
        .setRangeEnd(keys.end())
        .setLimit(range.limit())
        .setRevision(range.revision())
        .setSortOrder(order(range.sort()))
        .setSortTarget(target(range.sort().by()))
        .setSerializable(range.consistency() == Range.Consistency.SERIALIZABLE)
        .setKeysOnly(range.fetch() == Range.Fetch.KEYS)
        .setCountOnly(range.fetch() == Range.Fetch.COUNT)
        .setMinModRevision(range.modified().min())
        .setMaxModRevision(range.modified().max())
        .setMinCreateRevision(range.created().min())
        .setMaxCreateRevision(range.created().max())
        .build();
  }

  private static SortOrder order(Range.Sort sort) {
    if (sort.equals(Range.Sort.BY_KEY)) {
      return SortOrder.NONE;
    }
    return sort.descending() ? SortOrder.DESCEND : SortOrder.ASCEND;
  }

  private static SortTarget target(Range.SortBy by) {
    return switch (by) {
      case KEY -> SortTarget.KEY;
      case VALUE -> SortTarget.VALUE;
      case VERSION -> SortTarget.VERSION;
      case CREATE_REVISION -> SortTarget.CREATE;
      case MOD_REVISION -> SortTarget.MOD;
    };
  }

  static PutRequest put(Put put) {
    return PutRequest.newBuilder()
        .setKey(bytes(put.key()))
        .setValue(put.value().map(ToMessages::bytes).orElse(ByteString.EMPTY))
        .setIgnoreValue(put.value().isEmpty())
        .setLease(put.lease().orElse(0))
        .setIgnoreLease(put.lease().isEmpty())
        .setPrevKv(put.returnsPrevious())
        .build();
  }

  static DeleteRangeRequest delete(Delete delete) {
    Interval keys = Interval.of(delete.keys());
    return DeleteRangeRequest.newBuilder()
        .setKey(keys.key())
        .setRangeEnd(keys.end())
        .setPrevKv(delete.returnsPrevious())
        .build();
  }

  static TxnRequest txn(Txn txn) {
    TxnRequest.Builder request = TxnRequest.newBuilder();
    txn.compares().forEach(compare -> request.addCompare(compare(compare)));
    txn.success().forEach(operation -> request.addSuccess(operation(operation)));
    txn.failure().forEach(operation -> request.addFailure(operation(operation)));
    return request.build();
  }

  /** True when a transaction can change nothing, whatever it finds. */
  static boolean isReadOnly(Txn txn) {
    return txn.success().stream().allMatch(ToMessages::isRead)
        && txn.failure().stream().allMatch(ToMessages::isRead);
  }

  private static boolean isRead(Operation operation) {
    return switch (operation) {
      case Range range -> true;
      case Txn txn -> isReadOnly(txn);
      case Put put -> false;
      case Delete delete -> false;
    };
  }

  private static RequestOp operation(Operation operation) {
    RequestOp.Builder request = RequestOp.newBuilder();
    switch (operation) {
      case Range range -> request.setRequestRange(range(range));
      case Put put -> request.setRequestPut(put(put));
      case Delete delete -> request.setRequestDeleteRange(delete(delete));
      case Txn txn -> request.setRequestTxn(txn(txn));
    }
    return request.build();
  }

  private static io.metastore.core.message.Compare compare(Compare compare) {
    Interval keys = Interval.of(compare.keys());
    io.metastore.core.message.Compare.Builder message =
        io.metastore.core.message.Compare.newBuilder()
            .setKey(keys.key())
            .setRangeEnd(keys.end())
            .setResult(
                switch (compare.relation()) {
                  case EQUAL -> CompareResult.EQUAL;
                  case NOT_EQUAL -> CompareResult.NOT_EQUAL;
                  case LESS -> CompareResult.LESS;
                  case GREATER -> CompareResult.GREATER;
                });
    switch (compare.operand()) {
      case Compare.Operand.Version(long version) ->
          message.setTarget(CompareTarget.VERSION).setVersion(version);
      case Compare.Operand.CreateRevision(long revision) ->
          message.setTarget(CompareTarget.CREATE).setCreateRevision(revision);
      case Compare.Operand.ModRevision(long revision) ->
          message.setTarget(CompareTarget.MOD).setModRevision(revision);
      case Compare.Operand.Value(Bytes value) ->
          message.setTarget(CompareTarget.VALUE).setValue(bytes(value));
      case Compare.Operand.LeaseId(long id) -> message.setTarget(CompareTarget.LEASE).setLease(id);
    }
    return message.build();
  }

  static WatchRequest watch(WatchOptions options) {
    Interval keys = Interval.of(options.keys());
    WatchCreateRequest.Builder create =
        WatchCreateRequest.newBuilder()
            .setKey(keys.key())
            .setRangeEnd(keys.end())
            .setStartRevision(options.startRevision())
            .setPrevKv(options.previous())
            .setProgressNotify(true);
    if (!options.puts()) {
      create.addFilters(FilterType.NOPUT);
    }
    if (!options.deletes()) {
      create.addFilters(FilterType.NODELETE);
    }
    return WatchRequest.newBuilder().setCreateRequest(create).build();
  }
}
