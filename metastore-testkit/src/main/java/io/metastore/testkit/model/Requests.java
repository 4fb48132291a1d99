package io.metastore.testkit.model;

import io.metastore.api.ErrorCode;
import io.metastore.testkit.model.Command.Compare;
import io.metastore.testkit.model.Command.Delete;
import io.metastore.testkit.model.Command.Operation;
import io.metastore.testkit.model.Command.Put;
import io.metastore.testkit.model.Command.Range;
import io.metastore.testkit.model.Command.Txn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What makes a request wrong whatever the store holds, in etcd's order (behaviours 9 to 11, 18 and
 * 30 of the contract; etcd {@code server/etcdserver/api/v3rpc/key.go}).
 */
final class Requests {
  private Requests() {}

  /** Checks one operation on its own; a transaction may have so many on a level. */
  static void check(Operation operation, int opsMax) {
    switch (operation) {
      case Range range -> requireKey(range.keys().key());
      case Delete delete -> requireKey(delete.keys().key());
      case Put put -> {
        requireKey(put.key());
        Refusal.when(put.ignoreValue() && !put.value().isEmpty(), ErrorCode.VALUE_PROVIDED);
        Refusal.when(put.ignoreLease() && put.lease() != 0, ErrorCode.LEASE_PROVIDED);
      }
      case Txn txn -> {
        int ops =
            Math.max(txn.compares().size(), Math.max(txn.success().size(), txn.failure().size()));
        Refusal.when(ops > opsMax, ErrorCode.TOO_MANY_OPS);
        for (Compare compare : txn.compares()) {
          requireKey(compare.keys().key());
        }
        txn.success().forEach(op -> check(op, opsMax - ops));
        txn.failure().forEach(op -> check(op, opsMax - ops));
      }
    }
  }

  private static void requireKey(String key) {
    Refusal.when(key.isEmpty(), ErrorCode.EMPTY_KEY);
  }

  /** Checks that no path through a transaction puts a key twice, or puts one that it deletes. */
  static void checkOverlaps(Txn txn) {
    new Writes(txn.success());
    new Writes(txn.failure());
  }

  /** What one branch puts and deletes, with all that is nested in it. */
  private static final class Writes {
    private final Set<String> puts = new HashSet<>();
    private final List<Keys> deletes = new ArrayList<>();

    Writes(List<Operation> branch) {
      for (Operation op : branch) {
        if (op instanceof Delete delete) {
          deletes.add(delete.keys());
        }
      }
      for (Operation op : branch) {
        if (op instanceof Txn nested) {
          Writes success = new Writes(nested.success());
          Writes failure = new Writes(nested.failure());
          success.puts.forEach(this::put);
          for (String key : failure.puts) {
            // The same key on both branches is put once.
            if (!success.puts.contains(key)) {
              put(key);
            }
          }
          deletes.addAll(success.deletes);
          deletes.addAll(failure.deletes);
        }
      }
      for (Operation op : branch) {
        if (op instanceof Put put) {
          put(put.key());
        }
      }
    }

    private void put(String key) {
      boolean deleted = deletes.stream().anyMatch(keys -> keys.containsLiterally(key));
      Refusal.when(!puts.add(key) || deleted, ErrorCode.DUPLICATE_KEY);
    }
  }
}
