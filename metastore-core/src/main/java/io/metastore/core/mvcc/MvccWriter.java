package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.WriteBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Turns the changes of one drain of the commit stream into one engine batch. Commands of the drain
 * see what earlier ones did through an overlay over the published view.
 *
 * <p>Use: {@link #begin}, then for each command its reads and changes and {@link #endCommand}, then
 * {@link #finish}. A command must check everything before its first change: there is no undo.
 *
 * <p>Belongs to the apply thread.
 */
public final class MvccWriter implements ReadState {
  private final OverlayView view;
  private final RecordCache cache;
  private final LeaseTable leases;
  private final List<Change> changes = new ArrayList<>();
  private long revision;
  private long compactedRevision;
  private long keys;
  private int alarms;
  private int sub;

  private MvccWriter(StoreState before, OverlayView view, RecordCache cache) {
    this.view = view;
    this.cache = cache;
    this.leases = new LeaseTable(view);
    this.revision = before.revision();
    this.compactedRevision = before.compactedRevision();
    this.keys = before.keys();
    this.alarms = before.alarms();
  }

  /**
   * Starts a drain.
   *
   * @param base the newest published view, held by the caller until {@link #finish}
   * @param batch empty; filled by the drain
   * @param cache that of the drains before; if the batch does not reach the engine, it must be
   *     cleared
   */
  public static MvccWriter begin(PublishedView base, WriteBatch batch, RecordCache cache) {
    return new MvccWriter(base.state(), new OverlayView(base.view(), batch), cache);
  }

  /** All keyspaces as the running command sees them. */
  @Override
  public OverlayView view() {
    return view;
  }

  /** The main revision after the last command that was ended. */
  public long revision() {
    return revision;
  }

  /**
   * The main revision at which the running command reads: the one it makes, once it has changed
   * something.
   */
  @Override
  public long revisionToRead() {
    return sub == 0 ? revision : revision + 1;
  }

  @Override
  public long compactedRevision() {
    return compactedRevision;
  }

  /** Moves the compaction mark: no older revision can be read from now on. */
  public void compactTo(long mark) {
    if (mark <= compactedRevision || mark > revision) {
      throw new IllegalStateException(
          "compaction to " + mark + " is not within " + compactedRevision + ".." + revision);
    }
    compactedRevision = mark;
  }

  /** The types of alarm that are raised, as in {@link StoreState#alarms}. */
  public int alarms() {
    return alarms;
  }

  /** Notes which types of alarm are raised after a change of ALARM. */
  public void alarms(int raised) {
    alarms = raised;
  }

  /** The newest record of a key as the running command sees it. */
  public Optional<KeyRecord> current(byte[] key) {
    Optional<KeyRecord> recent = cache.find(key);
    return recent.isPresent() ? recent : view.get(Keyspace.CURRENT, key).map(KeyRecord::decode);
  }

  /** Live keys of a range as the running command sees them, in key order. */
  public SortedMap<byte[], KeyRecord> currentRange(KeyRange range) {
    SortedMap<byte[], KeyRecord> found = new TreeMap<>(Arrays::compareUnsigned);
    if (range.isEmpty()) {
      return found;
    }
    try (Cursor cursor = view.scan(Keyspace.CURRENT, range, ScanDirection.FORWARD)) {
      while (cursor.next()) {
        found.put(cursor.key(), KeyRecord.decode(cursor.value()));
      }
    }
    return found;
  }

  /** Leases as the running command sees them, and what the drain did to them. */
  public LeaseTable leases() {
    return leases;
  }

  /**
   * Writes a key and moves it to its lease.
   *
   * @param previous what {@link #current} says of the key
   * @param lease one that exists, or 0 for none
   */
  public void put(byte[] key, Optional<KeyRecord> previous, ByteString value, long lease) {
    Revision modRevision = nextChange();
    KeyRecord record =
        KeyRecord.of(
            previous.map(KeyRecord::createRevision).orElse(modRevision.main()),
            modRevision,
            previous.map(KeyRecord::version).orElse(0L) + 1,
            lease,
            value);
    previous.ifPresentOrElse(old -> keep(key, old), () -> keys++);
    view.put(Keyspace.CURRENT, key, record.encoded());
    cache.put(key, record);
    leases.move(key, previous.map(KeyRecord::lease).orElse(0L), lease);
    log(modRevision, ChangeLog.PUT, key);
    changes.add(new Change(key, modRevision, Optional.of(record), previous));
  }

  /**
   * Deletes a live key, which detaches it from its lease.
   *
   * @param previous what {@link #current} says of the key
   */
  public void delete(byte[] key, KeyRecord previous) {
    Revision modRevision = nextChange();
    keep(key, previous);
    view.delete(Keyspace.CURRENT, key);
    cache.remove(key);
    leases.move(key, previous.lease(), 0);
    view.put(Keyspace.VERSIONS, VersionKey.encode(key, modRevision), KeyRecord.tombstone());
    log(modRevision, ChangeLog.DELETE, key);
    changes.add(new Change(key, modRevision, Optional.empty(), beforeRevision(key, previous)));
    keys--;
  }

  /** What watchers are told of: the key before this revision, not before this change. */
  private Optional<KeyRecord> beforeRevision(byte[] key, KeyRecord previous) {
    return previous.modRevision().main() > revision
        ? HistoryScan.find(view, key, revision)
        : Optional.of(previous);
  }

  private Revision nextChange() {
    return new Revision(revision + 1, sub++);
  }

  private void keep(byte[] key, KeyRecord old) {
    view.put(Keyspace.VERSIONS, VersionKey.encode(key, old.modRevision()), old.encoded());
  }

  private void log(Revision at, byte kind, byte[] key) {
    view.putUnread(Keyspace.LOG, at.encoded(), ChangeLog.encode(kind, key));
  }

  /** Ends a command: the revision moves when, and only when, something changed. */
  public void endCommand() {
    if (sub > 0) {
      revision++;
      sub = 0;
    }
  }

  /** What the drain has changed so far, in the order of revisions. */
  public List<Change> changes() {
    return changes;
  }

  /**
   * Ends the drain: the batch holds its changes and the state behind it.
   *
   * @return the state that the batch leads to
   */
  public StoreState finish(long appliedIndex, long appliedTerm) {
    StoreState state =
        new StoreState(appliedIndex, appliedTerm, revision, compactedRevision, keys, alarms);
    view.putUnread(Keyspace.META, StoreMeta.STATE_KEY, state.encoded());
    return state;
  }

  static ByteString wrap(byte[] bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
