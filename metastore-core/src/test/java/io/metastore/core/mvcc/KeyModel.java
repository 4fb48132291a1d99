package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeRequest.SortOrder;
import io.metastore.core.message.RangeRequest.SortTarget;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.ResponseHeader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What keys ought to be, told plainly: a whole copy of the keys for every revision, and Range as
 * etcd's own code words it. Not thread-safe.
 */
final class KeyModel {
  private static final Comparator<ByteString> BYTES =
      ByteString.unsignedLexicographicalComparator();

  /** At index r the keys at revision r; index 0 is never read. */
  private final List<SortedMap<ByteString, KeyValue>> revisions = new ArrayList<>();

  KeyModel() {
    revisions.add(new TreeMap<>(BYTES));
    revisions.add(new TreeMap<>(BYTES));
  }

  long revision() {
    return revisions.size() - 1L;
  }

  int size() {
    return revisions.getLast().size();
  }

  void apply(Proposal proposal) {
    if (proposal.hasPut()) {
      put(proposal.getPut());
    } else {
      delete(proposal.getDeleteRange());
    }
  }

  private void put(PutRequest request) {
    SortedMap<ByteString, KeyValue> next = copy();
    Optional<KeyValue> old = Optional.ofNullable(next.get(request.getKey()));
    if (old.isEmpty() && request.getIgnoreValue()) {
      return;
    }
    long revision = revision() + 1;
    next.put(
        request.getKey(),
        KeyValue.newBuilder()
            .setKey(request.getKey())
            .setValue(request.getIgnoreValue() ? old.orElseThrow().getValue() : request.getValue())
            .setCreateRevision(old.map(KeyValue::getCreateRevision).orElse(revision))
            .setModRevision(revision)
            .setVersion(old.map(KeyValue::getVersion).orElse(0L) + 1)
            .build());
    revisions.add(next);
  }

  private void delete(DeleteRangeRequest request) {
    SortedMap<ByteString, KeyValue> next = copy();
    if (next.keySet().removeIf(key -> within(key, request.getKey(), request.getRangeEnd()))) {
      revisions.add(next);
    }
  }

  private SortedMap<ByteString, KeyValue> copy() {
    return new TreeMap<>(revisions.getLast());
  }

  private static boolean within(ByteString key, ByteString from, ByteString end) {
    if (end.isEmpty()) {
      return key.equals(from);
    }
    boolean open = end.equals(ByteString.copyFrom(new byte[] {0}));
    return BYTES.compare(key, from) >= 0 && (open || BYTES.compare(key, end) < 0);
  }

  /**
   * Answers a read of a revision that exists; where keys are equal under the order asked for, in
   * the order of keys.
   */
  RangeResponse range(RangeRequest request) {
    int revision = Math.toIntExact(request.getRevision() <= 0 ? revision() : request.getRevision());
    List<KeyValue> all = new ArrayList<>(revisions.get(revision).values());
    all.removeIf(kv -> !within(kv.getKey(), request.getKey(), request.getRangeEnd()));
    RangeResponse.Builder response =
        RangeResponse.newBuilder()
            .setHeader(ResponseHeader.newBuilder().setRevision(revision()))
            .setCount(all.size());
    if (request.getCountOnly()) {
      return response.build();
    }
    boolean filters =
        request.getMinModRevision() != 0
            || request.getMaxModRevision() != 0
            || request.getMinCreateRevision() != 0
            || request.getMaxCreateRevision() != 0;
    boolean keyOrder =
        request.getSortOrder() == SortOrder.NONE
            || (request.getSortTarget() == SortTarget.KEY
                && request.getSortOrder() == SortOrder.ASCEND);
    long limit = request.getLimit();
    List<KeyValue> fetched = all;
    if (limit > 0 && keyOrder && !filters) {
      fetched = new ArrayList<>(all.subList(0, (int) Math.min(all.size(), limit + 1)));
    }
    fetched.removeIf(kv -> outside(kv, request));
    sort(fetched, request);
    if (limit > 0 && fetched.size() > limit) {
      fetched = fetched.subList(0, (int) limit);
      response.setMore(true);
    }
    for (KeyValue kv : fetched) {
      response.addKvs(request.getKeysOnly() ? kv.toBuilder().clearValue().build() : kv);
    }
    return response.build();
  }

  private static boolean outside(KeyValue kv, RangeRequest request) {
    return below(kv.getModRevision(), request.getMinModRevision())
        || above(kv.getModRevision(), request.getMaxModRevision())
        || below(kv.getCreateRevision(), request.getMinCreateRevision())
        || above(kv.getCreateRevision(), request.getMaxCreateRevision());
  }

  private static boolean below(long value, long min) {
    return min != 0 && value < min;
  }

  private static boolean above(long value, long max) {
    return max != 0 && value > max;
  }

  private static void sort(List<KeyValue> kvs, RangeRequest request) {
    Comparator<KeyValue> order = order(request.getSortTarget());
    kvs.sort(request.getSortOrder() == SortOrder.DESCEND ? order.reversed() : order);
  }

  /** The order of one target. */
  static Comparator<KeyValue> order(SortTarget target) {
    return switch (target) {
      case KEY, UNRECOGNIZED -> Comparator.comparing(KeyValue::getKey, BYTES);
      case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
      case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
      case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
      case VALUE -> Comparator.comparing(KeyValue::getValue, BYTES);
    };
  }
}
