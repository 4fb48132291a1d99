package io.metastore.core.txn;

import com.google.protobuf.ByteString;
import io.metastore.core.message.Compare;
import io.metastore.core.message.KeyValue;
import io.metastore.core.mvcc.RangeReader;
import io.metastore.core.mvcc.ReadState;
import java.util.List;

/** Whether a transaction's conditions hold. */
final class Compares {
  private static final KeyValue ABSENT = KeyValue.getDefaultInstance();

  private Compares() {}

  /** True when all hold; none is a success. */
  static boolean hold(ReadState state, List<Compare> compares) {
    return compares.stream().allMatch(compare -> holds(state, compare));
  }

  /** A compare of a range holds when it does for every key of it. */
  private static boolean holds(ReadState state, Compare compare) {
    return RangeReader.allMatch(
            state, compare.getKey(), compare.getRangeEnd(), kv -> holds(compare, kv))
        // An absent key has no value that could equal, or differ from, anything.
        .orElseGet(
            () -> compare.getTarget() != Compare.CompareTarget.VALUE && holds(compare, ABSENT));
  }

  private static boolean holds(Compare compare, KeyValue kv) {
    int order =
        switch (compare.getTarget()) {
          case VERSION -> Long.compare(kv.getVersion(), compare.getVersion());
          case CREATE -> Long.compare(kv.getCreateRevision(), compare.getCreateRevision());
          case MOD -> Long.compare(kv.getModRevision(), compare.getModRevision());
          case LEASE -> Long.compare(kv.getLease(), compare.getLease());
          case VALUE ->
              ByteString.unsignedLexicographicalComparator()
                  .compare(kv.getValue(), compare.getValue());
          case UNRECOGNIZED -> 0;
        };
    return switch (compare.getResult()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      // As in etcd.
      case UNRECOGNIZED -> true;
    };
  }
}
