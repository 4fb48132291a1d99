package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
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
 * far. Every write goes into the drain's batch and is read back from here, so that later commands
 * of a drain see what earlier ones did, in every keyspace and with the readers that serve clients.
 *
 * <p>Belongs to the apply thread. It does not own the view below, and closing it does nothing.
 */
public final class OverlayView implements StorageView {
  private final StorageView base;
  private final WriteBatch batch;
  // What the drain wrote; empty for a delete.
  private final Map<Keyspace, NavigableMap<byte[], Optional<byte[]>>> written =
      new EnumMap<>(Keyspace.class);

  /**
   * Lays an empty overlay over a view.
   *
   * @param batch receives every write
   */
  public OverlayView(StorageView base, WriteBatch batch) {
    this.base = base;
    this.batch = batch;
  }

  /** Writes a key; neither array may be changed afterwards. */
  public void put(Keyspace keyspace, byte[] key, byte[] value) {
    batch.put(keyspace, key, value);
    writtenTo(keyspace).put(key, Optional.of(value));
  }

  /** Deletes a key. */
  public void delete(Keyspace keyspace, byte[] key) {
    batch.delete(keyspace, key);
    writtenTo(keyspace).put(key, Optional.empty());
  }

  /** Writes a key that no command of this drain will read: it costs no place in the overlay. */
  void putUnread(Keyspace keyspace, byte[] key, byte[] value) {
    batch.put(keyspace, key, value);
  }

  private NavigableMap<byte[], Optional<byte[]>> writtenTo(Keyspace keyspace) {
    return written.computeIfAbsent(keyspace, k -> new TreeMap<>(Arrays::compareUnsigned));
  }

  @Override
  public Optional<byte[]> get(Keyspace keyspace, byte[] key) {
    NavigableMap<byte[], Optional<byte[]>> own = written.get(keyspace);
    Optional<byte[]> value = own == null ? null : own.get(key);
    return value != null ? value : base.get(keyspace, key);
  }

  @Override
  public Cursor scan(Keyspace keyspace, KeyRange range, ScanDirection direction) {
    Cursor below = base.scan(keyspace, range, direction);
    NavigableMap<byte[], Optional<byte[]>> own = written.get(keyspace);
    if (own == null || range.isEmpty()) {
      return below;
    }
    NavigableMap<byte[], Optional<byte[]>> within = own.tailMap(range.from(), true);
    if (range.to().isPresent()) {
      within = within.headMap(range.to().get(), false);
    }
    return new OverlayCursor(
        below, direction == ScanDirection.FORWARD ? within : within.descendingMap(), direction);
  }

  @Override
  public void close() {
    // Both views below belong to whoever opened them.
  }
}
