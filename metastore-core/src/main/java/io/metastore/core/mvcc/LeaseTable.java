package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Leases and what is attached to them, in the LEASE keyspace.
 *
 * <pre>
 *   00 id        → TTL, remaining TTL     all leases lie together: a new leader reads only these
 *   01 id key    → nothing                the keys of a lease lie together, in their order
 * </pre>
 *
 * <p>An id is eight bytes, so it needs no end mark. Instances write, and belong to the apply
 * thread; the static readers run on any thread, on any view.
 */
public final class LeaseTable {
  private static final byte LEASE = 0;
  private static final byte ATTACHED = 1;
  private static final int KEY_OFFSET = 1 + Long.BYTES;
  private static final byte[] NOTHING = {};

  private final OverlayView view;
  private final List<LeaseChange> changes = new ArrayList<>();

  LeaseTable(OverlayView view) {
    this.view = view;
  }

  /** The lease of an id, if it was granted and not revoked. */
  public static Optional<LeaseRecord> find(StorageView view, long id) {
    return view.get(Keyspace.LEASE, key(LEASE, id, NOTHING))
        .map(encoded -> LeaseRecord.decode(id, encoded));
  }

  /** Walks over all leases, in no promised order. */
  public static void forEach(StorageView view, Consumer<LeaseRecord> visitor) {
    KeyRange leases = KeyRange.prefix(new byte[] {LEASE});
    try (Cursor cursor = view.scan(Keyspace.LEASE, leases, ScanDirection.FORWARD)) {
      while (cursor.next()) {
        long id = ByteBuffer.wrap(cursor.key()).getLong(1);
        visitor.accept(LeaseRecord.decode(id, cursor.value()));
      }
    }
  }

  /** The keys that are attached to a lease, sorted. */
  public static List<byte[]> keys(StorageView view, long id) {
    return keys(view, id, Integer.MAX_VALUE);
  }

  /** The first of the keys that are attached to a lease, sorted. */
  static List<byte[]> keys(StorageView view, long id, int keysMax) {
    List<byte[]> keys = new ArrayList<>();
    KeyRange attached = KeyRange.prefix(key(ATTACHED, id, NOTHING));
    try (Cursor cursor = view.scan(Keyspace.LEASE, attached, ScanDirection.FORWARD)) {
      while (keys.size() < keysMax && cursor.next()) {
        keys.add(Arrays.copyOfRange(cursor.key(), KEY_OFFSET, cursor.key().length));
      }
    }
    return keys;
  }

  /** Where it stands that a key is attached to a lease. */
  static byte[] attachment(long id, byte[] userKey) {
    return key(ATTACHED, id, userKey);
  }

  /** Whether a key of the LEASE keyspace is about what is attached. */
  static boolean isAttachment(byte[] key) {
    return key[0] == ATTACHED;
  }

  void grant(LeaseRecord lease) {
    put(lease);
    changes.add(new LeaseChange.Granted(lease.id(), lease.ttlSeconds()));
  }

  /** Writes a lease, new or known. */
  void put(LeaseRecord lease) {
    view.put(Keyspace.LEASE, key(LEASE, lease.id(), NOTHING), lease.encoded());
  }

  /** Forgets a lease, whose keys were detached before. */
  void revoke(long id) {
    view.delete(Keyspace.LEASE, key(LEASE, id, NOTHING));
    changes.add(new LeaseChange.Revoked(id));
  }

  /** Moves a key from one lease to another; 0 is none. */
  void move(byte[] userKey, long from, long to) {
    if (from == to) {
      return;
    }
    if (from != 0) {
      view.delete(Keyspace.LEASE, key(ATTACHED, from, userKey));
    }
    if (to != 0) {
      view.put(Keyspace.LEASE, key(ATTACHED, to, userKey), NOTHING);
    }
  }

  /** What the drain did to leases so far, in its order. */
  public List<LeaseChange> changes() {
    return changes;
  }

  private static byte[] key(byte kind, long id, byte[] userKey) {
    return ByteBuffer.allocate(KEY_OFFSET + userKey.length)
        .put(kind)
        .putLong(id)
        .put(userKey)
        .array();
  }
}
