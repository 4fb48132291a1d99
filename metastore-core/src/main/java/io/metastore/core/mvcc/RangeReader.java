package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageView;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeRequest.SortOrder;
import io.metastore.core.message.RangeRequest.SortTarget;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.ResponseHeader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Answers Range on a view, with etcd's rules for limit, filters, sort and count (behaviours 17 to
 * 27 of the contract; etcd {@code server/etcdserver/txn/range.go}).
 *
 * <p>Runs on any thread, for as long as the range is: callers keep long ranges off event loops.
 */
public final class RangeReader {
  private static final Comparator<ByteString> BYTEWISE =
      ByteString.unsignedLexicographicalComparator();

  private RangeReader() {}

  /** True when the request reads one key and so costs one get. */
  public static boolean isSingleKey(RangeRequest request) {
    return KeyRanges.isSingle(request.getRangeEnd());
  }

  /**
   * Reads.
   *
   * @param state held by the caller meanwhile
   * @return the response; its header carries the revision alone
   * @throws MetastoreException when the revision is compacted or in the future
   */
  public static RangeResponse.Builder range(ReadState state, RangeRequest request) {
    long revision = request.getRevision() <= 0 ? state.revisionToRead() : request.getRevision();
    if (revision > state.revisionToRead()) {
      throw MetastoreException.of(ErrorCode.FUTURE_REV);
    }
    if (revision < state.compactedRevision()) {
      throw MetastoreException.of(ErrorCode.COMPACTED);
    }
    RangeResponse.Builder response =
        RangeResponse.newBuilder()
            .setHeader(ResponseHeader.newBuilder().setRevision(state.revisionToRead()));
    boolean newest = revision == state.revisionToRead();
    if (isSingleKey(request)) {
      single(state.view(), request, newest, revision, response);
    } else {
      KeyRange range = KeyRanges.of(request.getKey(), request.getRangeEnd());
      if (!range.isEmpty()) {
        try (KeyScan scan =
            newest
                ? new CurrentScan(state.view(), range)
                : new HistoryScan(state.view(), range, revision)) {
          // All that there are now are counted already.
          OptionalLong total =
              newest && KeyRanges.isEverything(range)
                  ? OptionalLong.of(state.keys())
                  : OptionalLong.empty();
          many(scan, total, request, response);
        }
      }
    }
    return response;
  }

  /**
   * Whether something holds for all live keys of a range at the newest revision. It stops at the
   * first for which it does not.
   *
   * @return empty when there are no keys
   */
  public static Optional<Boolean> allMatch(
      ReadState state, ByteString key, ByteString rangeEnd, Predicate<KeyValue> condition) {
    if (KeyRanges.isSingle(rangeEnd)) {
      return state
          .view()
          .get(Keyspace.CURRENT, key.toByteArray())
          .map(found -> condition.test(KeyRecord.decode(found).toKeyValue(key)));
    }
    KeyRange range = KeyRanges.of(key, rangeEnd);
    if (range.isEmpty()) {
      return Optional.empty();
    }
    Optional<Boolean> all = Optional.empty();
    try (KeyScan scan = new CurrentScan(state.view(), range)) {
      while (all.orElse(true) && scan.next()) {
        ByteString found = UnsafeByteOperations.unsafeWrap(scan.key());
        all = Optional.of(condition.test(scan.record().toKeyValue(found)));
      }
    }
    return all;
  }

  private static void single(
      StorageView view,
      RangeRequest request,
      boolean newest,
      long revision,
      RangeResponse.Builder response) {
    byte[] key = request.getKey().toByteArray();
    Optional<KeyRecord> found =
        newest
            ? view.get(Keyspace.CURRENT, key).map(KeyRecord::decode)
            : HistoryScan.find(view, key, revision);
    if (found.isEmpty()) {
      return;
    }
    response.setCount(1);
    KeyRecord record = found.get();
    if (!request.getCountOnly() && passes(request, record)) {
      response.addKvs(
          request.getKeysOnly() && request.getSortTarget() != SortTarget.VALUE
              ? record.toKeyOnly(request.getKey())
              : withoutValueIfAsked(request, record.toKeyValue(request.getKey())));
    }
  }

  private static void many(
      KeyScan scan, OptionalLong total, RangeRequest request, RangeResponse.Builder response) {
    long limit = request.getLimit();
    long fetchMax = fetchMax(request);
    boolean keysOnly = request.getKeysOnly() && request.getSortTarget() != SortTarget.VALUE;
    List<KeyValue> fetched = new ArrayList<>();
    long count = 0;
    long taken = 0;
    while (scan.next()) {
      count++;
      if (taken < fetchMax) {
        taken++;
        KeyRecord record = scan.record();
        if (passes(request, record)) {
          ByteString key = UnsafeByteOperations.unsafeWrap(scan.key());
          fetched.add(keysOnly ? record.toKeyOnly(key) : record.toKeyValue(key));
        }
      } else if (total.isPresent()) {
        count = total.getAsLong();
        break;
      }
    }
    response.setCount(count);
    sort(request, fetched);
    boolean cut = limit > 0 && fetched.size() > limit;
    List<KeyValue> kept = cut ? fetched.subList(0, Math.toIntExact(limit)) : fetched;
    for (KeyValue kv : kept) {
      response.addKvs(withoutValueIfAsked(request, kv));
    }
    response.setMore(cut);
  }

  /**
   * How many keys to fetch: all of them with an order or a filter, to be cut afterwards; otherwise
   * one more than the limit, which tells whether there are more.
   */
  private static long fetchMax(RangeRequest request) {
    if (request.getCountOnly()) {
      return 0;
    }
    boolean all = request.getLimit() <= 0 || sorts(request) || filters(request);
    return all ? Long.MAX_VALUE : Math.min(request.getLimit(), Long.MAX_VALUE - 1) + 1;
  }

  private static KeyValue withoutValueIfAsked(RangeRequest request, KeyValue kv) {
    return request.getKeysOnly() && !kv.getValue().isEmpty()
        ? kv.toBuilder().clearValue().build()
        : kv;
  }

  /** True when the order differs from the one in which keys are scanned. */
  private static boolean sorts(RangeRequest request) {
    return switch (request.getSortOrder()) {
      case NONE, UNRECOGNIZED -> false;
      case ASCEND -> request.getSortTarget() != SortTarget.KEY;
      case DESCEND -> true;
    };
  }

  private static boolean filters(RangeRequest request) {
    return request.getMinModRevision() != 0
        || request.getMaxModRevision() != 0
        || request.getMinCreateRevision() != 0
        || request.getMaxCreateRevision() != 0;
  }

  private static boolean passes(RangeRequest request, KeyRecord record) {
    long mod = record.modRevision().main();
    long create = record.createRevision();
    return (request.getMaxModRevision() == 0 || mod <= request.getMaxModRevision())
        && (request.getMinModRevision() == 0 || mod >= request.getMinModRevision())
        && (request.getMaxCreateRevision() == 0 || create <= request.getMaxCreateRevision())
        && (request.getMinCreateRevision() == 0 || create >= request.getMinCreateRevision());
  }

  /** Sorts what was fetched. A target other than the key with no order given sorts ascending. */
  private static void sort(RangeRequest request, List<KeyValue> kvs) {
    Comparator<KeyValue> byTarget =
        switch (request.getSortTarget()) {
          case KEY, UNRECOGNIZED -> Comparator.comparing(KeyValue::getKey, BYTEWISE);
          case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
          case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
          case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
          case VALUE -> Comparator.comparing(KeyValue::getValue, BYTEWISE);
        };
    if (request.getSortOrder() == SortOrder.DESCEND) {
      kvs.sort(byTarget.reversed());
    } else if (request.getSortTarget() != SortTarget.KEY) {
      kvs.sort(byTarget);
    }
  }
}
