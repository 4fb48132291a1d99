package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageView;
import io.metastore.api.storage.WriteBatch;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A view as the running drain sees it: what is published, and over it what the drain has written so
 * far. Every write is read back from here, so that later commands of a drain see what earlier ones
 * did, in every keyspace and with the readers that serve clients.
 *
 * <p>The batch gets the writes in the order of keys, and only the last of a key: an engine with
 * sorted tables finds the next key's place near that of the one before.
 *
 * <p>Belongs to the apply thread. It does not own the view that it is given.
 */
public final class OverlayView implements StorageView {
  private StorageView base;
  // The base that was opened here, once something was spilled: to be closed here.
  private Optional<StorageView> own = Optional.empty();
  // Holds the full pages of LOG until the rest is added.
  private final WriteBatch batch;
  private final LogPage page = new LogPage();
  // What the drain wrote; empty for a delete.
  private final Map<Keyspace, NavigableMap<byte[], Optional<byte[]>>> written =
      new EnumMap<>(Keyspace.class);
  // Since the last spill, as if no key were written twice.
  private int operations;
  private long bytes;

  /**
   * Lays an empty overlay over a view.
   *
   * @param batch empty; complete after {@link #finish}
   */
  public OverlayView(StorageView base, WriteBatch batch) {
    this.base = base;
    this.batch = batch;
  }

  /** Whether it holds so much that it should be {@linkplain #spill spilled}. */
  boolean reaches(SpillLimit limit) {
    return limit.isReachedBy(operations, bytes);
  }

  /** Writes a key; neither array may be changed afterwards. */
  public void put(Keyspace keyspace, byte[] key, byte[] value) {
    writtenTo(keyspace).put(key, Optional.of(value));
    count(key.length + value.length);
  }

  /** Deletes a key. */
  public void delete(Keyspace keyspace, byte[] key) {
    writtenTo(keyspace).put(key, Optional.empty());
    count(key.length);
  }

  /** Adds to LOG, which no command reads: it costs no place in the overlay. */
  void log(LogEntry entry) {
    page.add(entry, batch);
    count(entry.key().length);
  }

  private void count(int more) {
    operations++;
    bytes += more;
  }

  /** Brings all that is not spilled into the batch; nothing may be written afterwards. */
  void finish() {
    page.end(batch);
    written.forEach(
        (keyspace, entries) -> entries.forEach((key, value) -> add(keyspace, key, value)));
  }

  private void add(Keyspace keyspace, byte[] key, Optional<byte[]> value) {
    if (value.isPresent()) {
      batch.put(keyspace, key, value.get());
    } else {
      batch.delete(keyspace, key);
    }
  }

  private NavigableMap<byte[], Optional<byte[]>> writtenTo(Keyspace keyspace) {
    return written.computeIfAbsent(keyspace, k -> new TreeMap<>(Arrays::compareUnsigned));
  }

  @Override
  public Optional<byte[]> get(Keyspace keyspace, byte[] key) {
    NavigableMap<byte[], Optional<byte[]>> above = written.get(keyspace);
    Optional<byte[]> value = above == null ? null : above.get(key);
    return value != null ? value : base.get(keyspace, key);
  }

  @Override
  public Cursor scan(Keyspace keyspace, KeyRange range, ScanDirection direction) {
    Cursor below = base.scan(keyspace, range, direction);
    NavigableMap<byte[], Optional<byte[]>> above = written.get(keyspace);
    if (above == null || range.isEmpty()) {
      return below;
    }
    NavigableMap<byte[], Optional<byte[]>> within = above.tailMap(range.from(), true);
    if (range.to().isPresent()) {
      within = within.headMap(range.to().get(), false);
    }
    return new OverlayCursor(
        below, direction == ScanDirection.FORWARD ? within : within.descendingMap(), direction);
  }

  /**
   * Brings what was written so far of keys, their history and what is attached to leases into an
   * engine, and lays the overlay over that. The rest stays.
   */
  void spill(StorageEngine engine) {
    written.forEach(
        (keyspace, entries) ->
            entries
                .entrySet()
                .removeIf(entry -> spilled(keyspace, entry.getKey(), entry.getValue())));
    page.end(batch);
    engine.commit(batch);
    batch.clear();
    operations = 0;
    bytes = 0;
    close();
    base = engine.view();
    own = Optional.of(base);
  }

  private boolean spilled(Keyspace keyspace, byte[] key, Optional<byte[]> value) {
    boolean ofKeys = isOfKeys(keyspace, key);
    if (ofKeys) {
      add(keyspace, key, value);
    }
    return ofKeys;
  }

  private static boolean isOfKeys(Keyspace keyspace, byte[] key) {
    return switch (keyspace) {
      case CURRENT, VERSIONS, LOG -> true;
      case LEASE -> LeaseTable.isAttachment(key);
      case META, AUTH, ALARM, MEMBER -> false;
    };
  }

  /** Frees what a spill opened; the view below belongs to whoever gave it. */
  @Override
  public void close() {
    own.ifPresent(StorageView::close);
    own = Optional.empty();
  }
}
