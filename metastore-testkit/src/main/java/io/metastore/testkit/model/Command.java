package io.metastore.testkit.model;

import java.util.List;

/** What a client may ask for. */
public sealed interface Command {
  /** What may also stand in a transaction. */
  sealed interface Operation extends Command {}

  /** The order of a range. */
  enum Order {
    /** As it is stored: by key. */
    NONE,
    /** From the smallest on. */
    ASCEND,
    /** From the largest on. */
    DESCEND
  }

  /** What a range is ordered by, or what a compare looks at. */
  enum Target {
    /** The key itself. */
    KEY,
    /** How often it was put since it was created. */
    VERSION,
    /** The revision at which it was created. */
    CREATE,
    /** The revision at which it was last put. */
    MOD,
    /** Its value. */
    VALUE,
    /** The lease that it is attached to. */
    LEASE
  }

  /** What a compare asks of its target. */
  enum Result {
    /** The same. */
    EQUAL,
    /** More. */
    GREATER,
    /** Less. */
    LESS,
    /** Anything else. */
    NOT_EQUAL
  }

  /**
   * How a range is ordered.
   *
   * @param target not {@link Target#LEASE}
   */
  record Sort(Order order, Target target) {}

  /** Bounds on revisions, inclusive; 0 for none. */
  record Filter(long minMod, long maxMod, long minCreate, long maxCreate) {
    static final Filter NONE = new Filter(0, 0, 0, 0);
  }

  /**
   * Reads keys.
   *
   * @param revision 0 or less for the newest
   * @param limit 0 or less for none
   */
  record Range(
      Keys keys,
      long revision,
      long limit,
      Sort sort,
      Filter filter,
      boolean keysOnly,
      boolean countOnly,
      boolean serializable)
      implements Operation {
    /** Reads keys as they were at a revision, and nothing else. */
    public static Range at(Keys keys, long revision) {
      return new Range(
          keys, revision, 0, new Sort(Order.NONE, Target.KEY), Filter.NONE, false, false, false);
    }
  }

  /** Writes a key. */
  record Put(
      String key,
      String value,
      long lease,
      boolean prevKv,
      boolean ignoreValue,
      boolean ignoreLease)
      implements Operation {}

  /** Deletes keys. */
  record Delete(Keys keys, boolean prevKv) implements Operation {}

  /**
   * A condition of a transaction.
   *
   * @param target not {@link Target#KEY}
   * @param number what all targets but the value are compared with
   * @param value what a value is compared with
   */
  record Compare(Keys keys, Target target, Result result, long number, String value) {}

  /** Does the one or the other. */
  record Txn(List<Compare> compares, List<Operation> success, List<Operation> failure)
      implements Operation {
    /** Copies the lists. */
    public Txn {
      compares = List.copyOf(compares);
      success = List.copyOf(success);
      failure = List.copyOf(failure);
    }

    /** Whether nothing on either branch is more than a range. */
    public boolean isReadOnly() {
      return success.stream().allMatch(op -> op instanceof Range)
          && failure.stream().allMatch(op -> op instanceof Range);
    }
  }

  /** Reads keys in pieces; the answer is all of them together. */
  record Stream(Range range) implements Command {}

  /**
   * Asks for the hash of the history up to a revision.
   *
   * @param revision 0 or less for the newest
   */
  record HashAt(long revision) implements Command {}

  /** What an alarm is about. */
  enum AlarmKind {
    /** The quota is used up. */
    NOSPACE,
    /** Members differ. */
    CORRUPT
  }

  /** An alarm of a member. */
  record Alarm(AlarmKind kind, long member) {}

  /** Raises an alarm. */
  record Raise(Alarm alarm) implements Command {}

  /** Disarms an alarm, which need not be raised. */
  record Disarm(Alarm alarm) implements Command {}

  /** Asks for all alarms. */
  record AllAlarms() implements Command {}

  /** Gives up history below a revision. */
  record Compact(long revision) implements Command {}

  /**
   * Grants a lease.
   *
   * @param id not 0
   * @param ttl in seconds
   */
  record Grant(long id, long ttl) implements Command {}

  /** Ends a lease and its keys. */
  record Revoke(long id) implements Command {}

  /** Asks for a lease and its keys. */
  record LeaseKeys(long id) implements Command {}

  /** Asks for all leases. */
  record AllLeases() implements Command {}

  /**
   * Asks for all events so far.
   *
   * @param from the first revision, at least 1
   * @param prevKv whether events carry what they replaced
   * @param puts whether puts are told of
   * @param deletes whether deletes are told of
   */
  record Watch(Keys keys, long from, boolean prevKv, boolean puts, boolean deletes)
      implements Command {}
}
