package io.metastore.api;

import java.util.Arrays;

/** Which keys a request is about: one, or all between two. */
public sealed interface Keys {
  /**
   * One key.
   *
   * @param key the key, not empty
   */
  record One(Bytes key) implements Keys {}

  /**
   * The keys from one on, up to but not including another.
   *
   * @param from the first
   * @param to the first that is not meant any more; some key must be before it
   */
  record Between(Bytes from, Bytes to) implements Keys {
    private static final Bytes SMALLEST = Bytes.copyOf(new byte[] {0});

    /** Checks the end, which in etcd's messages has other meanings when it is smaller. */
    public Between {
      if (to.compareTo(SMALLEST) <= 0) {
        throw new IllegalArgumentException("no key is before " + to);
      }
    }
  }

  /**
   * The keys from one on, up to the last there is.
   *
   * @param from the first; empty for every key
   */
  record From(Bytes from) implements Keys {}

  /** One key. */
  static Keys one(Bytes key) {
    return new One(key);
  }

  /** One key. */
  static Keys one(String key) {
    return new One(Bytes.of(key));
  }

  /** The keys that begin with these bytes; every key when there are none. */
  static Keys prefix(Bytes prefix) {
    byte[] end = prefix.toByteArray();
    for (int i = end.length - 1; i >= 0; i--) {
      if (end[i] != (byte) 0xff) {
        byte[] next = Arrays.copyOf(end, i + 1);
        next[i]++;
        return new Between(prefix, Bytes.copyOf(next));
      }
    }
    return new From(prefix);
  }

  /** The keys that begin with this text. */
  static Keys prefix(String prefix) {
    return prefix(Bytes.of(prefix));
  }

  /** The keys from one on, up to but not including another. */
  static Keys between(String from, String to) {
    return new Between(Bytes.of(from), Bytes.of(to));
  }

  /** Every key. */
  static Keys all() {
    return new From(Bytes.EMPTY);
  }
}
