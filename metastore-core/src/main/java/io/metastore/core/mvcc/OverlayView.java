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
 * far. Every write goes into the drain's batch and is read back from here, so that later commands
 * of a drain see what earlier ones did, in every keyspace and with the readers that serve clients.
 *
 * <p>Belongs to the apply thread. It does not own the view that it is given.
 */
public final class OverlayView implements StorageView {
  private StorageView base;
  // The base that was opened here, once something was spilled: to be closed here.
  private Optional<StorageView> own = Optional.empty();
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

  WriteBatch batch() {
    return batch;
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
   * engine, and lays the overlay over that. The rest stays, in the batch too.
   */
  void spill(StorageEngine engine) {
    WriteBatch spilled = new WriteBatch();
    WriteBatch kept = new WriteBatch();
    batch.forEach(
        new WriteBatch.Visitor() {
          @Override
          public void put(Keyspace keyspace, byte[] key, byte[] value) {
            (isOfKeys(keyspace, key) ? spilled : kept).put(keyspace, key, value);
          }

          @Override
          public void delete(Keyspace keyspace, byte[] key) {
            (isOfKeys(keyspace, key) ? spilled : kept).delete(keyspace, key);
          }
        });
    engine.commit(spilled);
    close();
    base = engine.view();
    own = Optional.of(base);
    written.forEach((keyspace, entries) -> entries.keySet().removeIf(k -> isOfKeys(keyspace, k)));
    batch.clear();
    kept.forEach(
        new WriteBatch.Visitor() {
          @Override
          public void put(Keyspace keyspace, byte[] key, byte[] value) {
            batch.put(keyspace, key, value);
          }

          @Override
          public void delete(Keyspace keyspace, byte[] key) {
            batch.delete(keyspace, key);
          }
        });
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
