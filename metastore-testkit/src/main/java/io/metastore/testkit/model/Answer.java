package io.metastore.testkit.model;

import io.metastore.api.ErrorCode;
import java.util.List;
import java.util.Optional;

/** What a client is answered. A {@code revision} is the one of the answer's header. */
public sealed interface Answer {
  /** Nothing was done. */
  record Refused(ErrorCode code) implements Answer {}

  /** To {@link Command.Range}. */
  record Found(long revision, List<KeyState> keys, boolean more, long count) implements Answer {}

  /** To {@link Command.Put}. */
  record Stored(long revision, Optional<KeyState> previous) implements Answer {}

  /** To {@link Command.Delete}. */
  record Deleted(long revision, long deleted, List<KeyState> previous) implements Answer {}

  /**
   * To {@link Command.Txn}.
   *
   * @param revision 0 for a nested one
   */
  record Ran(long revision, boolean succeeded, List<Answer> answers) implements Answer {}

  /**
   * To {@link Command.HashAt}.
   *
   * @param hash the subject's own: the model knows only when two must be the same
   */
  record Hashed(long revision, long hash, long compactRevision, long hashRevision)
      implements Answer {}

  /**
   * To whatever is about alarms.
   *
   * @param alarms in the order of their kinds, then members; one that was raised, or that was
   *     disarmed and had been raised
   */
  record Alarmed(long revision, List<Command.Alarm> alarms) implements Answer {}

  /** To {@link Command.Compact}. */
  record Compacted(long revision) implements Answer {}

  /** To {@link Command.Grant}. */
  record Granted(long revision, long id, long ttl) implements Answer {}

  /** To {@link Command.Revoke}. */
  record Revoked(long revision) implements Answer {}

  /**
   * To {@link Command.LeaseKeys}.
   *
   * @param ttl as granted, in seconds; -1 when there is no such lease
   * @param keys sorted
   */
  record Leased(long revision, long id, long ttl, List<String> keys) implements Answer {}

  /**
   * To {@link Command.AllLeases}.
   *
   * @param ids sorted as numbers
   */
  record Leases(long revision, List<Long> ids) implements Answer {}

  /** To {@link Command.Watch}. */
  record Told(List<KeyEvent> events) implements Answer {}

  /** To {@link Command.Watch} when what it asks for is gone. */
  record Lost(long compactRevision) implements Answer {}
}
