package io.metastore.app.differential;

/**
 * What is left out of the comparison, and why: etcd 3.4.23, which Debian packages, differs here
 * from the etcd that we follow (part 5 of the contract), or the answer is not determined.
 */
enum KnownDifference {
  /** The cluster's and the member's identity, and the Raft term: each cluster has its own. */
  IDENTITY("masked: made from each cluster's own addresses, and from its elections"),

  /** Order among equal sort keys, and so which of them a limit cuts off. */
  SORT_TIES("any order: etcd's sort is not stable"),

  /** The order of a range by value that is asked for keys only. */
  SORT_BY_VALUE_OF_KEYS_ONLY(
      "any order: what it was sorted by is not in the answer, so ties are not seen"),

  /** A key's lease in an answer to keys_only. */
  KEYS_ONLY_LEASE("masked: 3.4.23 tells the lease; since 3.7 the index answers, which has none"),

  /** Which operation it is that refuses a transaction in which several could. */
  FIRST_REFUSAL("masked: 3.4.23 checks all puts before all ranges, since 3.5 each in its turn"),

  /** A transaction that deletes a key from a range without end, and puts it with ignore_value. */
  FATAL_TXN("not sent: etcd dies of it; ours refuses it, see TxnRefusalsTest"),

  /** A watch from a negative revision. */
  NEGATIVE_WATCH(
      "not sent: 3.4.23 creates it and then cancels it as compacted, since then refused"),

  /** A delete at the very revision that is compacted to, for a watch from there. */
  TOMBSTONE_AT_MARK("masked: 3.4.23 drops it; kept since 3.4.34 (etcd-io/etcd#18089, #18274)"),

  /** A compaction while a watch or the earlier state of a key is still on its way. */
  COMPACTION_UNDER_WATCH("not sent: what is sent before it and what after is left to chance"),

  /** How events are divided into responses, and the revision in their headers. */
  EVENT_BATCHES("not compared: as they come; that no revision is divided is checked"),

  /** Sort orders and targets that do not exist. */
  UNKNOWN_SORT("not sent: 3.4.23 ignores them, since 3.6 they are refused");

  private final String treatment;

  KnownDifference(String treatment) {
    this.treatment = treatment;
  }

  /** What the test does about it, and why it may. */
  String treatment() {
    return treatment;
  }
}
