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

  /** A put at that revision, of a key that the same transaction deleted after it. */
  DELETED_PUT_AT_MARK("masked: etcd keeps the last change of a key only; ours tells both"),

  /** What a put at that revision replaced. */
  PREVIOUS_AT_MARK("masked: etcd reads it anew and finds it compacted; ours may still have it"),

  /** A compaction while a watch or the earlier state of a key is still on its way. */
  COMPACTION_UNDER_WATCH("sent when all events have come: which come before it is left to chance"),

  /** The ids of leases that a server picks. */
  PICKED_LEASE("named by the order of grants; which is greater is not asked"),

  /** What is left of a lease's time. */
  REST_OF_LEASE("masked when it is less than granted by no more than a program takes"),

  /** The order of a lease's keys. */
  KEYS_OF_LEASE("sorted: etcd's come out of a hash table"),

  /** When a lease ends by itself. */
  EXPIRY("not met: leases are long, or revoked at once; see LeaseExpirerTest"),

  /** A notice of progress to a stream without watches, or before a watch's first revision. */
  PROGRESS_OF_NOTHING("not asked for: 3.4.23 answers, since then there is no answer"),

  /** The hash of HashKV. */
  HASH(
      "masked: each product's is over its own records, and 3.4.23 does not tell the revision;"
          + " compared between our engines"),

  /** HashKV at the very revision that is compacted to. */
  HASH_AT_MARK("any answer: 3.4.23 refuses it as compacted, since 3.5 it is answered"),

  /** How events are divided into responses, and the revision in their headers. */
  EVENT_BATCHES("not compared: as they come; that no revision is divided is checked"),

  /** Sort orders and targets that do not exist. */
  UNKNOWN_SORT("not sent: 3.4.23 ignores them, since 3.6 they are refused"),

  /** RangeStream. */
  RANGE_STREAM("not sent: since 3.7; see EtcdServicesTest"),

  /** Alarms. */
  ALARM("not sent: 3.4.23 leaves the header of a list out"),

  /** Status, which also tells sizes and positions that no two servers have alike. */
  STATUS("not sent: 3.4.23 has no storageVersion, dbSizeQuota and downgradeInfo"),

  /** Users, roles and permissions. */
  AUTH(
      "compared in AuthDifferentialIT; not sent: in 3.4.23 Status, MemberList and LeaseGrant need"
          + " no token, anyone may compact, nested transactions are not checked, Defragment is"
          + " refused with another code, a token is refused when auth is off, a grant without a"
          + " permission kills the process, one of no range is taken, and the role root shows no"
          + " permission"),

  /** A user's range that ends before it begins, and so has no keys. */
  BACKWARD_RANGE(
      "not sent by users with permissions: whether etcd allows it depends on the shape of its tree"
          + " of them; ours asks for the key that it begins with"),

  /** HTTP/1.1: health, version and the JSON gateway. */
  HTTP(
      "not sent: 3.4.23 has no livez and readyz, no reason in health, no storage in version, one"
          + " path for both hashes, none for the state of auth, and the first gateway's errors");

  private final String treatment;

  KnownDifference(String treatment) {
    this.treatment = treatment;
  }

  /** What the test does about it, and why it may. */
  String treatment() {
    return treatment;
  }
}
