package io.metastore.api.storage;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;

/**
 * An ordered list of puts and deletes that an engine commits as one. Where two operations name the
 * same key of the same keyspace the later one wins.
 *
 * <p>Not thread-safe. The batch keeps the arrays it is given and hands the same arrays to the
 * engine: neither side may change them afterwards, and an engine may keep them.
 */
public final class WriteBatch {
  /** Receives the operations of a batch in the order in which they were added. */
  public interface Visitor {
    /** Sets {@code key} to {@code value}. */
    void put(Keyspace keyspace, byte[] key, byte[] value);

    /** Removes {@code key}; no effect when it is absent. */
    void delete(Keyspace keyspace, byte[] key);
  }

  private static final int INITIAL_OPERATIONS = 64;

  private Keyspace[] keyspaces = new Keyspace[INITIAL_OPERATIONS];
  private byte[][] keys = new byte[INITIAL_OPERATIONS][];
  // An entry of a delete is never read.
  private byte[][] values = new byte[INITIAL_OPERATIONS][];
  private final BitSet deletes = new BitSet(INITIAL_OPERATIONS);
  private int size;
  private long bytes;

  /** Creates an empty batch. */
  public WriteBatch() {}

  /**
   * Adds a put. Empty keys and empty values are allowed.
   *
   * @param key kept, not copied
   * @param value kept, not copied
   */
  public void put(Keyspace keyspace, byte[] key, byte[] value) {
    Objects.requireNonNull(value, "value");
    add(keyspace, key);
    values[size - 1] = value;
    bytes += value.length;
  }

  /**
   * Adds a delete of one key.
   *
   * @param key kept, not copied
   */
  public void delete(Keyspace keyspace, byte[] key) {
    add(keyspace, key);
    deletes.set(size - 1);
  }

  private void add(Keyspace keyspace, byte[] key) {
    Objects.requireNonNull(keyspace, "keyspace");
    Objects.requireNonNull(key, "key");
    if (size == keyspaces.length) {
      keyspaces = Arrays.copyOf(keyspaces, 2 * size);
      keys = Arrays.copyOf(keys, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    keyspaces[size] = keyspace;
    keys[size] = key;
    size++;
    bytes += key.length;
  }

  /** Number of operations. */
  public int size() {
    return size;
  }

  /** True when there is nothing to commit. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Bytes of all keys and values. */
  public long bytes() {
    return bytes;
  }

  /** Walks the operations in the order in which they were added. */
  public void forEach(Visitor visitor) {
    for (int i = 0; i < size; i++) {
      if (deletes.get(i)) {
        visitor.delete(keyspaces[i], keys[i]);
      } else {
        visitor.put(keyspaces[i], keys[i], values[i]);
      }
    }
  }

  /** Forgets all operations, so that the batch can be filled again. */
  public void clear() {
    Arrays.fill(keyspaces, 0, size, null);
    Arrays.fill(keys, 0, size, null);
    Arrays.fill(values, 0, size, null);
    deletes.clear();
    size = 0;
    bytes = 0;
  }
}
