package io.metastore.api;

/**
 * Reads keys. {@code Range.of(Keys.prefix("/app/")).limit(10).at(revision)} reads ten keys as they
 * were at a revision.
 *
 * @param keys which keys
 * @param limit most keys to return, 0 for all
 * @param revision as of which revision to read, 0 for the newest
 * @param sort in which order
 * @param fetch what to return of each key
 * @param consistency how fresh
 * @param modified only keys last put in these revisions
 * @param created only keys that came to be in these revisions
 */
public record Range(
    Keys keys,
    long limit,
    long revision,
    Sort sort,
    Fetch fetch,
    Consistency consistency,
    Revisions modified,
    Revisions created)
    implements Operation {
  /** What a range returns of each key. */
  public enum Fetch {
    /** Keys and values. */
    EVERYTHING,
    /** Keys without their values. */
    KEYS,
    /** No keys, only how many there are. */
    COUNT
  }

  /** How fresh a read is. */
  public enum Consistency {
    /** Sees every write that was acknowledged before the read began. */
    LINEARIZABLE,
    /** Sees what the answering member has, however old; works without a leader. */
    SERIALIZABLE
  }

  /** What keys are ordered by. */
  public enum SortBy {
    /** The key itself. */
    KEY,
    /** The value. */
    VALUE,
    /** How often it was put. */
    VERSION,
    /** When it came to be. */
    CREATE_REVISION,
    /** When it was last put. */
    MOD_REVISION
  }

  /**
   * An order of keys.
   *
   * @param by what is compared
   * @param descending true for the largest first
   */
  public record Sort(SortBy by, boolean descending) {
    /** By key, the smallest first. */
    public static final Sort BY_KEY = new Sort(SortBy.KEY, false);
  }

  /**
   * Some revisions, both ends included.
   *
   * @param min the first, 0 for no such end
   * @param max the last, 0 for no such end
   */
  public record Revisions(long min, long max) {
    /** Every revision. */
    public static final Revisions ALL = new Revisions(0, 0);
  }

  /** Reads these keys, linearizably, at the newest revision, in key order. */
  public static Range of(Keys keys) {
    return new Range(
        keys,
        0,
        0,
        Sort.BY_KEY,
        Fetch.EVERYTHING,
        Consistency.LINEARIZABLE,
        Revisions.ALL,
        Revisions.ALL);
  }

  /** Reads one key. */
  public static Range of(Bytes key) {
    return of(Keys.one(key));
  }

  /** Reads one key. */
  public static Range of(String key) {
    return of(Keys.one(key));
  }

  /** The same of other keys. */
  public Range keys(Keys other) {
    return new Range(other, limit, revision, sort, fetch, consistency, modified, created);
  }

  /** The same with at most this many keys. */
  public Range limit(long max) {
    return new Range(keys, max, revision, sort, fetch, consistency, modified, created);
  }

  /** The same as of a revision, which must not be compacted. */
  public Range at(long past) {
    return new Range(keys, limit, past, sort, fetch, consistency, modified, created);
  }

  /** The same in an order, the smallest first. */
  public Range ascending(SortBy by) {
    return sort(new Sort(by, false));
  }

  /** The same in an order, the largest first. */
  public Range descending(SortBy by) {
    return sort(new Sort(by, true));
  }

  private Range sort(Sort order) {
    return new Range(keys, limit, revision, order, fetch, consistency, modified, created);
  }

  /** The same without values. */
  public Range keysOnly() {
    return fetch(Fetch.KEYS);
  }

  /** The same without keys: only how many there are. */
  public Range countOnly() {
    return fetch(Fetch.COUNT);
  }

  private Range fetch(Fetch what) {
    return new Range(keys, limit, revision, sort, what, consistency, modified, created);
  }

  /** The same from what the answering member has, however old. */
  public Range serializable() {
    return new Range(
        keys, limit, revision, sort, fetch, Consistency.SERIALIZABLE, modified, created);
  }

  /** The same of keys that were last put in these revisions. */
  public Range modifiedIn(Revisions which) {
    return new Range(keys, limit, revision, sort, fetch, consistency, which, created);
  }

  /** The same of keys that came to be in these revisions. */
  public Range createdIn(Revisions which) {
    return new Range(keys, limit, revision, sort, fetch, consistency, modified, which);
  }
}
