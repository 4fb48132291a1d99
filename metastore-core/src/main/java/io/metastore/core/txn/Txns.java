package io.metastore.core.txn;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.ResponseOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.message.TxnResponseOrBuilder;
import io.metastore.core.mvcc.Commands;
import io.metastore.core.mvcc.MvccWriter;
import io.metastore.core.mvcc.RangeReader;
import io.metastore.core.mvcc.ReadState;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs transactions. Headers of responses carry the revision alone. */
public final class Txns {
  private Txns() {}

  /** True when every operation, on either branch, is a range: it needs no log. */
  public static boolean isReadOnly(TxnRequest request) {
    return operations(request).allMatch(RequestOp::hasRequestRange);
  }

  /** True when every operation, on either branch, is a serializable range. */
  public static boolean isSerializable(TxnRequest request) {
    return operations(request)
        .allMatch(op -> op.hasRequestRange() && op.getRequestRange().getSerializable());
  }

  private static Stream<RequestOp> operations(TxnRequest request) {
    return Stream.concat(request.getSuccessList().stream(), request.getFailureList().stream());
  }

  /**
   * Applies a transaction, all of it or nothing.
   *
   * @throws MetastoreException when it is refused; nothing was changed
   */
  public static TxnResponse.Builder apply(MvccWriter writer, TxnRequest request) {
    TxnPath path = TxnPath.decide(writer, request);
    check(writer, path, new ArrayList<>());
    TxnResponse.Builder response = run(path, (op, to) -> write(writer, op, to));
    return response.setHeader(header(writer.revisionToRead()));
  }

  /**
   * Runs a {@linkplain #isReadOnly read-only} transaction.
   *
   * @throws MetastoreException when a revision in it cannot be read
   */
  public static TxnResponse.Builder read(ReadState state, TxnRequest request) {
    TxnPath path = TxnPath.decide(state, request);
    check(state, path, new ArrayList<>());
    TxnResponse.Builder response =
        run(path, (op, to) -> to.setResponseRange(range(state, op.getRequestRange())));
    return response.setHeader(header(state.revisionToRead()));
  }

  /**
   * Checks the operations that will run, on the state before the first of them.
   *
   * @param deletes those that run before; filled with those of the path
   */
  private static void check(ReadState state, TxnPath path, List<DeleteRangeRequest> deletes) {
    List<RequestOp> operations = path.operations();
    for (int i = 0; i < operations.size(); i++) {
      RequestOp op = operations.get(i);
      switch (op.getRequestCase()) {
        case REQUEST_RANGE -> checkRange(state, op.getRequestRange());
        case REQUEST_PUT -> checkPut(state, op.getRequestPut(), deletes);
        case REQUEST_TXN -> check(state, path.nested().get(i).orElseThrow(), deletes);
        case REQUEST_DELETE_RANGE -> deletes.add(op.getRequestDeleteRange());
        case REQUEST_NOT_SET -> {}
      }
    }
  }

  private static void checkRange(ReadState state, RangeRequest request) {
    long revision = request.getRevision();
    if (revision > state.revisionToRead()) {
      throw MetastoreException.of(ErrorCode.FUTURE_REV);
    }
    // Unlike for a plain range, negative is not the newest here: it is below the mark, except for
    // -1
    // before the first compaction, which passes in etcd too.
    if (revision != 0 && revision < state.compactedRevision()) {
      throw MetastoreException.of(ErrorCode.COMPACTED);
    }
  }

  /**
   * A put may need a key that an earlier operation deletes: the check of the request alone lets a
   * delete without an end pass. It is refused here, where nothing has changed yet; etcd finds it
   * when it applies the put, and dies of it, at every restart again.
   */
  private static void checkPut(
      ReadState state, PutRequest request, List<DeleteRangeRequest> deletes) {
    // Unlike a plain put, one in a transaction asks for the key before it asks for the lease.
    if (Commands.lacksKey(state, request)
        || (Commands.needsKey(request)
            && deletes.stream().anyMatch(delete -> Commands.deletes(delete, request.getKey())))) {
      throw MetastoreException.of(ErrorCode.KEY_NOT_FOUND);
    }
    Commands.refusal(state, request)
        .ifPresent(
            code -> {
              throw MetastoreException.of(code);
            });
  }

  /** How many ranges were read by a read-only transaction, those of nested ones too. */
  public static int countRanges(TxnResponseOrBuilder response) {
    return response.getResponsesList().stream()
        .mapToInt(op -> op.hasResponseTxn() ? countRanges(op.getResponseTxn()) : 1)
        .sum();
  }

  /** Runs one operation that is not a transaction itself. */
  @FunctionalInterface
  private interface Operation {
    void run(RequestOp op, ResponseOp.Builder to);
  }

  private static TxnResponse.Builder run(TxnPath path, Operation operation) {
    TxnResponse.Builder response = TxnResponse.newBuilder().setSucceeded(path.succeeded());
    List<RequestOp> operations = path.operations();
    for (int i = 0; i < operations.size(); i++) {
      ResponseOp.Builder to = response.addResponsesBuilder();
      if (operations.get(i).hasRequestTxn()) {
        TxnPath nested = path.nested().get(i).orElseThrow();
        // Present and all zero, as in etcd: clients dereference it.
        to.setResponseTxn(run(nested, operation).setHeader(ResponseHeader.getDefaultInstance()));
      } else {
        operation.run(operations.get(i), to);
      }
    }
    return response;
  }

  private static void write(MvccWriter writer, RequestOp op, ResponseOp.Builder to) {
    switch (op.getRequestCase()) {
      case REQUEST_RANGE -> {
        writer.countRange();
        if (writer.isAnswering()) {
          to.setResponseRange(range(writer, op.getRequestRange()));
        }
      }
      case REQUEST_PUT -> to.setResponsePut(Commands.put(writer, op.getRequestPut()));
      case REQUEST_DELETE_RANGE ->
          to.setResponseDeleteRange(Commands.deleteRange(writer, op.getRequestDeleteRange()));
      case REQUEST_TXN, REQUEST_NOT_SET ->
          throw new IllegalStateException("an operation of a checked transaction is " + op);
    }
  }

  private static RangeResponse range(ReadState state, RangeRequest request) {
    return RangeReader.range(state, request).build();
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder().setRevision(revision).build();
  }
}
