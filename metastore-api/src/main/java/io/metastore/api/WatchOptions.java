package io.metastore.api;

/**
 * What to watch: {@code WatchOptions.of(Keys.prefix("/app/")).from(revision + 1).withPrevious()}.
 *
 * @param keys which keys
 * @param startRevision the first revision whose changes are wanted; 0 for those still to come
 * @param puts whether puts are wanted
 * @param deletes whether deletions are wanted
 * @param previous whether events carry what was there before
 */
public record WatchOptions(
    Keys keys, long startRevision, boolean puts, boolean deletes, boolean previous) {
  /** Every change of these keys from now on. */
  public static WatchOptions of(Keys keys) {
    return new WatchOptions(keys, 0, true, true, false);
  }

  /** The same from a revision on, which may be past or future but not compacted. */
  public WatchOptions from(long revision) {
    return new WatchOptions(keys, revision, puts, deletes, previous);
  }

  /** The same without deletions. */
  public WatchOptions putsOnly() {
    return new WatchOptions(keys, startRevision, true, false, previous);
  }

  /** The same without puts. */
  public WatchOptions deletesOnly() {
    return new WatchOptions(keys, startRevision, false, true, previous);
  }

  /** The same with what was there before each change, while that is not compacted. */
  public WatchOptions withPrevious() {
    return new WatchOptions(keys, startRevision, puts, deletes, true);
  }
}
