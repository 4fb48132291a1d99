package io.metastore.core.mvcc;

/**
 * Which versions of a key outlive a compaction at a mark:
 *
 * <ul>
 *   <li>every version at the mark or behind it, tombstones too: watches may start at the mark;
 *   <li>the last version before the mark, if there is none at the mark and it is not a tombstone:
 *       it is what a read at the mark gives, and the {@code prev_kv} of the next event.
 * </ul>
 *
 * For mark 5 of a key with the versions
 *
 * <pre>
 *   2 put   3 put   4 put   7 put        4 and 7 stay
 *   2 put   3 put   5 put   7 put        5 and 7 stay
 *   2 put   4 †             7 put        7 stays
 *   2 put           5 †     7 put        5† and 7 stay
 * </pre>
 *
 * Nothing else enters into it, so all members retain the same. Source: etcd {@code
 * server/storage/mvcc/key_index.go} (behaviour 36 of the contract).
 */
final class Retention {
  private Retention() {}

  /** True when a version stays whatever else its key has. */
  static boolean always(Revision version, long mark) {
    return version.main() >= mark;
  }

  /**
   * True when a version stays.
   *
   * @param next main revision of the key's next version, {@link Long#MAX_VALUE} when it has none
   */
  static boolean retains(Revision version, boolean tombstone, long next, long mark) {
    return always(version, mark) || (next > mark && !tombstone);
  }
}
