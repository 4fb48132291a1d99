package io.metastore.core.model;

import com.google.protobuf.ByteString;
import io.metastore.core.message.AlarmMember;
import io.metastore.core.message.AlarmType;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeRequest.SortOrder;
import io.metastore.core.message.RangeRequest.SortTarget;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchCreateRequest.FilterType;
import io.metastore.testkit.model.Command.Alarm;
import io.metastore.testkit.model.Command.Compare;
import io.metastore.testkit.model.Command.Delete;
import io.metastore.testkit.model.Command.Operation;
import io.metastore.testkit.model.Command.Put;
import io.metastore.testkit.model.Command.Range;
import io.metastore.testkit.model.Command.Txn;
import io.metastore.testkit.model.Command.Watch;
import java.nio.charset.StandardCharsets;

/** Commands of the model as etcd's messages. */
public final class Messages {
  private Messages() {}

  /** The bytes that the characters of a string stand for. */
  static ByteString bytes(String latin) {
    return ByteString.copyFrom(latin, StandardCharsets.ISO_8859_1);
  }

  static RangeRequest of(Range range) {
    return RangeRequest.newBuilder()
        .setKey(bytes(range.keys().key()))
        .setRangeEnd(bytes(range.keys().end()))
        .setRevision(range.revision())
        .setLimit(range.limit())
        .setSortOrder(SortOrder.valueOf(range.sort().order().name()))
        .setSortTarget(SortTarget.valueOf(range.sort().target().name()))
        .setMinModRevision(range.filter().minMod())
        .setMaxModRevision(range.filter().maxMod())
        .setMinCreateRevision(range.filter().minCreate())
        .setMaxCreateRevision(range.filter().maxCreate())
        .setKeysOnly(range.keysOnly())
        .setCountOnly(range.countOnly())
        .setSerializable(range.serializable())
        .build();
  }

  static PutRequest of(Put put) {
    return PutRequest.newBuilder()
        .setKey(bytes(put.key()))
        .setValue(bytes(put.value()))
        .setLease(put.lease())
        .setPrevKv(put.prevKv())
        .setIgnoreValue(put.ignoreValue())
        .setIgnoreLease(put.ignoreLease())
        .build();
  }

  static DeleteRangeRequest of(Delete delete) {
    return DeleteRangeRequest.newBuilder()
        .setKey(bytes(delete.keys().key()))
        .setRangeEnd(bytes(delete.keys().end()))
        .setPrevKv(delete.prevKv())
        .build();
  }

  static TxnRequest of(Txn txn) {
    return TxnRequest.newBuilder()
        .addAllCompare(txn.compares().stream().map(Messages::of).toList())
        .addAllSuccess(txn.success().stream().map(Messages::of).toList())
        .addAllFailure(txn.failure().stream().map(Messages::of).toList())
        .build();
  }

  private static RequestOp of(Operation operation) {
    RequestOp.Builder op = RequestOp.newBuilder();
    return switch (operation) {
      case Range range -> op.setRequestRange(of(range)).build();
      case Put put -> op.setRequestPut(of(put)).build();
      case Delete delete -> op.setRequestDeleteRange(of(delete)).build();
      case Txn txn -> op.setRequestTxn(of(txn)).build();
    };
  }

  static AlarmMember of(Alarm alarm) {
    return AlarmMember.newBuilder()
        .setAlarm(AlarmType.valueOf(alarm.kind().name()))
        .setMemberID(alarm.member())
        .build();
  }

  private static io.metastore.core.message.Compare of(Compare compare) {
    io.metastore.core.message.Compare.Builder message =
        io.metastore.core.message.Compare.newBuilder()
            .setKey(bytes(compare.keys().key()))
            .setRangeEnd(bytes(compare.keys().end()))
            .setResult(
                io.metastore.core.message.Compare.CompareResult.valueOf(compare.result().name()))
            .setTarget(
                io.metastore.core.message.Compare.CompareTarget.valueOf(compare.target().name()));
    switch (compare.target()) {
      case VERSION -> message.setVersion(compare.number());
      case CREATE -> message.setCreateRevision(compare.number());
      case MOD -> message.setModRevision(compare.number());
      case LEASE -> message.setLease(compare.number());
      case VALUE -> message.setValue(bytes(compare.value()));
      case KEY -> throw new IllegalArgumentException("keys are not compared");
    }
    return message.build();
  }

  /** An operation that changes something, as it comes to the log. */
  public static Proposal proposal(Operation operation) {
    Proposal.Builder proposal = Proposal.newBuilder();
    return switch (operation) {
      case Put put -> proposal.setPut(of(put)).build();
      case Delete delete -> proposal.setDeleteRange(of(delete)).build();
      case Txn txn -> proposal.setTxn(of(txn)).build();
      case Range range -> throw new IllegalArgumentException("changes nothing: " + range);
    };
  }

  /** The request for a watch. */
  public static WatchCreateRequest of(Watch watch) {
    WatchCreateRequest.Builder message =
        WatchCreateRequest.newBuilder()
            .setKey(bytes(watch.keys().key()))
            .setRangeEnd(bytes(watch.keys().end()))
            .setStartRevision(watch.from())
            .setPrevKv(watch.prevKv());
    if (!watch.puts()) {
      message.addFilters(FilterType.NOPUT);
    }
    if (!watch.deletes()) {
      message.addFilters(FilterType.NODELETE);
    }
    return message.build();
  }
}
