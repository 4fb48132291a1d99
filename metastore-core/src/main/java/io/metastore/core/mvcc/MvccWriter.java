package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.WriteBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

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
  /** What is told to watchers; more they read from the store. */
  private static final long CHANGES_BYTES_MAX = 16L << 20;

  private static final int CHANGE_OVERHEAD_BYTES = 128;

  /** About how much is read of a range that is deleted before it is. */
  private static final long PIECE_BYTES_MAX = 1L << 20;

  private final StorageEngine engine;
  private final SpillLimit limit;
  private final OperationCounts counts;
  private final OverlayView view;
  private final RecordCache cache;
  private final LeaseTable leases;
  private final List<Change> changes = new ArrayList<>();
  private long changesBytes;
  private boolean answering = true;
  private long revision;
  private long compactedRevision;
  private long keys;
  private int alarms;
  private int sub;
  private int operations;

  private MvccWriter(
      StoreState before,
      OverlayView view,
      RecordCache cache,
      StorageEngine engine,
      SpillLimit limit,
      OperationCounts counts) {
    this.engine = engine;
    this.limit = limit;
    this.counts = counts;
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
   * @param batch empty; filled by the drain, complete after {@link #finish}
   * @param cache that of the drains before; if the batch does not reach the engine, it must be
   *     cleared
   * @param engine takes what is {@linkplain #spillIfLarge spilled}
   * @param limit of what the drain keeps in memory
   * @param counts what the drain's commands do
   */
  public static MvccWriter begin(
      PublishedView base,
      WriteBatch batch,
      RecordCache cache,
      StorageEngine engine,
      SpillLimit limit,
      OperationCounts counts) {
    OverlayView view = new OverlayView(base.view(), batch);
    return new MvccWriter(base.state(), view, cache, engine, limit, counts);
  }

  /** Says whether somebody waits here for the answers of the commands that come. */
  public void answering(boolean waited) {
    answering = waited;
  }

  /** False when what a command reads, or returns of what it replaced, is for nobody. */
  public boolean isAnswering() {
    return answering;
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
  public long keys() {
    return keys;
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

  /**
   * Deletes all live keys of a range, in their order, a piece at a time: a range may hold more than
   * fits in memory.
   *
   * @param deleted told of each
   * @return how many there were
   */
  public long deleteRange(KeyRange range, BiConsumer<byte[], KeyRecord> deleted) {
    long count = 0;
    Optional<KeyRange> rest = Optional.of(range);
    while (rest.isPresent() && !rest.get().isEmpty()) {
      List<Live> piece = new ArrayList<>();
      rest = piece(rest.get(), piece);
      for (Live live : piece) {
        deleted.accept(live.key(), live.record());
        delete(live.key(), live.record());
      }
      count += piece.size();
      spillIfLarge();
    }
    return count;
  }

  // An array on purpose, with no equality asked of it.
  @SuppressWarnings("ArrayRecordComponent")
  private record Live(byte[] key, KeyRecord record) {}

  /** Reads the first keys of a range; returns where there may be more. */
  private Optional<KeyRange> piece(KeyRange range, List<Live> piece) {
    long bytes = 0;
    try (Cursor cursor = view.scan(Keyspace.CURRENT, range, ScanDirection.FORWARD)) {
      while (cursor.next()) {
        byte[] key = cursor.key();
        piece.add(new Live(key, KeyRecord.decode(cursor.value())));
        bytes += cursor.value().length;
        if (piece.size() == limit.pieceKeys() || bytes > PIECE_BYTES_MAX) {
          return Optional.of(new KeyRange(Arrays.copyOf(key, key.length + 1), range.to()));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Brings what the drain has changed of keys into the engine once it is much, so that memory does
   * not grow with a command. Readers do not see it before the drain is published, and if that does
   * not come about {@link Unfinished} takes it back. To be called between two changes, with no
   * cursor open.
   */
  void spillIfLarge() {
    if (view.reaches(limit)) {
      view.spill(engine);
    }
  }

  /** How many keys to delete before {@link #spillIfLarge} is to be called. */
  int pieceKeys() {
    return limit.pieceKeys();
  }

  /** Frees what the drain holds, whether or not it came to its end. */
  public void release() {
    view.close();
  }

  /** Leases as the running command sees them, and what the drain did to them. */
  public LeaseTable leases() {
    return leases;
  }

  /** Counts a range that the running command is to read. */
  public void countRange() {
    operations++;
    counts.range();
  }

  /** Counts a delete of the running command, of however many keys. */
  void countDelete() {
    operations++;
    counts.delete();
  }

  /**
   * Writes a key and moves it to its lease.
   *
   * @param previous what {@link #current} says of the key
   * @param lease one that exists, or 0 for none
   */
  public void put(byte[] key, Optional<KeyRecord> previous, ByteString value, long lease) {
    operations++;
    counts.put((long) key.length + value.size());
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
    view.log(LogEntry.put(modRevision, key, previous));
    tell(new Change(key, modRevision, Optional.of(record), previous));
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
    view.log(LogEntry.delete(modRevision, key, previous));
    if (changesBytes <= CHANGES_BYTES_MAX) {
      tell(new Change(key, modRevision, Optional.empty(), beforeRevision(key, previous)));
    }
    keys--;
  }

  /** When it is too much nothing at all is told: what is missing is then seen by the revision. */
  private void tell(Change change) {
    changesBytes += change.bytes() + CHANGE_OVERHEAD_BYTES;
    if (changesBytes > CHANGES_BYTES_MAX) {
      changes.clear();
    } else {
      changes.add(change);
    }
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

  /** Ends a command: the revision moves when, and only when, something changed. */
  public void endCommand() {
    if (sub > 0) {
      revision++;
      sub = 0;
    }
    counts.command(operations);
    operations = 0;
  }

  /** What the drain has changed so far, in the order of revisions; nothing when it is much. */
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
    view.put(Keyspace.META, StoreMeta.STATE_KEY, state.encoded());
    view.finish();
    return state;
  }

  static ByteString wrap(byte[] bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes);
  }
}
