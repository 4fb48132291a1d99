package io.metastore.app.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.metastore.core.message.HashKVResponse;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.LeaseTimeToLiveResponse;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeRequest.SortTarget;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.ResponseOp;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import io.metastore.core.message.WatchResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Answers without what {@link KnownDifference} lists: two servers are alike when these are equal.
 */
enum Canonical {
  /** Of our node and etcd. */
  OF_BOTH_PRODUCTS,

  /** Of two nodes of ours, which agree about {@link KnownDifference#HASH} too. */
  OF_OUR_NODES;

  private static final Comparator<ByteString> BYTEWISE =
      ByteString.unsignedLexicographicalComparator();

  /** So long at most lies between a lease's grant or renewal and what is told of its rest. */
  private static final long PROGRAM_SECONDS_MAX = 600;

  /** The answer to a request, without what may differ. */
  Answer of(Message request, Answer answer) {
    return switch (answer) {
      case Answer.Refusal refusal -> of(request, refusal);
      case Answer.Watched watched -> watched;
      case Answer.Response response ->
          new Answer.Response(withoutIdentity(of(request, response.message())));
    };
  }

  private static Answer.Refusal of(Message request, Answer.Refusal refusal) {
    return request instanceof TxnRequest txn && TxnOperations.refusalDependsOnOrder(txn, refusal)
        ? TxnOperations.BY_ANY
        : refusal;
  }

  /** A response on a watch stream, without what may differ. */
  static WatchResponse of(WatchResponse response) {
    return response.toBuilder().setHeader(withoutIdentity(response.getHeader())).build();
  }

  private Message of(Message request, Message response) {
    return switch (response) {
      case RangeResponse range -> range((RangeRequest) request, range);
      case TxnResponse txn -> txn((TxnRequest) request, txn);
      case LeaseTimeToLiveResponse lease -> timeToLive(lease);
      case HashKVResponse hash when this == OF_BOTH_PRODUCTS ->
          hash.toBuilder().clearHash().clearHashRevision().build();
      default -> response;
    };
  }

  private static Message withoutIdentity(Message response) {
    FieldDescriptor header = response.getDescriptorForType().findFieldByName("header");
    return response.toBuilder()
        .setField(header, withoutIdentity((ResponseHeader) response.getField(header)))
        .build();
  }

  private static ResponseHeader withoutIdentity(ResponseHeader header) {
    return header.toBuilder().clearClusterId().clearMemberId().clearRaftTerm().build();
  }

  /** {@link KnownDifference#REST_OF_LEASE} and {@link KnownDifference#KEYS_OF_LEASE}. */
  private static LeaseTimeToLiveResponse timeToLive(LeaseTimeToLiveResponse lease) {
    LeaseTimeToLiveResponse.Builder canonical =
        lease.toBuilder()
            .clearKeys()
            .addAllKeys(lease.getKeysList().stream().sorted(BYTEWISE).toList());
    long gone = lease.getGrantedTTL() - lease.getTTL();
    return gone >= 0 && gone <= PROGRAM_SECONDS_MAX
        ? canonical.setTTL(lease.getGrantedTTL()).build()
        : canonical.build();
  }

  /** Ranges within it made canonical; nested headers carry no identity and stay as they are. */
  private static TxnResponse txn(TxnRequest request, TxnResponse response) {
    List<RequestOp> ops =
        response.getSucceeded() ? request.getSuccessList() : request.getFailureList();
    if (ops.size() != response.getResponsesCount()) {
      return response;
    }
    TxnResponse.Builder canonical = response.toBuilder();
    for (int i = 0; i < ops.size(); i++) {
      RequestOp op = ops.get(i);
      ResponseOp.Builder to = canonical.getResponsesBuilder(i);
      if (op.hasRequestRange() && to.hasResponseRange()) {
        to.setResponseRange(range(op.getRequestRange(), to.getResponseRange()));
      } else if (op.hasRequestTxn() && to.hasResponseTxn()) {
        to.setResponseTxn(txn(op.getRequestTxn(), to.getResponseTxn()));
      }
    }
    return canonical.build();
  }

  private static RangeResponse range(RangeRequest request, RangeResponse response) {
    List<KeyValue> kvs = new ArrayList<>(response.getKvsList());
    if (request.getKeysOnly()) {
      kvs.replaceAll(kv -> kv.toBuilder().clearLease().build());
    }
    if (request.getSortTarget() == SortTarget.KEY) {
      return response.toBuilder().clearKvs().addAllKvs(kvs).build();
    }
    List<KeyValue> ordered = new ArrayList<>();
    int from = 0;
    while (from < kvs.size()) {
      int to = from + 1;
      while (to < kvs.size() && tied(request, kvs.get(from), kvs.get(to))) {
        to++;
      }
      boolean cut = response.getMore() && to == kvs.size();
      kvs.subList(from, to).stream()
          .map(kv -> cut ? sortKey(request, kv) : kv)
          .sorted(Comparator.comparing(KeyValue::getKey, BYTEWISE))
          .forEach(ordered::add);
      from = to;
    }
    return response.toBuilder().clearKvs().addAllKvs(ordered).build();
  }

  private static boolean tied(RangeRequest request, KeyValue a, KeyValue b) {
    return sortKey(request, a).equals(sortKey(request, b));
  }

  /**
   * The part of a key that it was sorted by. Of ties that a limit cut, nothing more can be
   * compared: each server may have taken others.
   */
  private static KeyValue sortKey(RangeRequest request, KeyValue kv) {
    KeyValue.Builder part = KeyValue.newBuilder();
    return switch (request.getSortTarget()) {
      case KEY, UNRECOGNIZED -> part.setKey(kv.getKey()).build();
      case VERSION -> part.setVersion(kv.getVersion()).build();
      case CREATE -> part.setCreateRevision(kv.getCreateRevision()).build();
      case MOD -> part.setModRevision(kv.getModRevision()).build();
      // Empty with keys_only, so that then all of them count as ties.
      case VALUE -> part.setValue(kv.getValue()).build();
    };
  }
}
