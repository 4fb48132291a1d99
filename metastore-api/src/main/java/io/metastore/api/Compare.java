package io.metastore.api;

import java.util.function.Function;

/**
 * A condition of a {@link Txn}, made from one of the methods here: {@code
 * Compare.version("a").equalTo(3L)}.
 *
 * @param keys what is compared; of several keys each must hold, of none the condition does
 * @param relation how
 * @param operand what with
 */
public record Compare(Keys keys, Relation relation, Operand operand) {
  /** How two things are compared. */
  public enum Relation {
    /** Equal. */
    EQUAL,
    /** Not equal. */
    NOT_EQUAL,
    /** The key's is less. */
    LESS,
    /** The key's is greater. */
    GREATER
  }

  /** What a key's attribute is compared with. A key that is not there has 0 of everything. */
  public sealed interface Operand {
    /**
     * How often the key was put.
     *
     * @param version 0 for a key that is not there
     */
    record Version(long version) implements Operand {}

    /**
     * When the key came to be.
     *
     * @param revision 0 for a key that is not there
     */
    record CreateRevision(long revision) implements Operand {}

    /**
     * When the key was last put.
     *
     * @param revision 0 for a key that is not there
     */
    record ModRevision(long revision) implements Operand {}

    /**
     * The key's value; a key that is not there holds for no value, whatever the relation.
     *
     * @param value to compare with
     */
    record Value(Bytes value) implements Operand {}

    /**
     * The key's lease.
     *
     * @param id 0 for none
     */
    record LeaseId(long id) implements Operand {}
  }

  /**
   * An attribute of a key that waits for what it is compared with.
   *
   * @param <T> type of the attribute
   */
  public static final class Attribute<T> {
    private final Keys keys;
    private final Function<T, Operand> operand;

    private Attribute(Keys keys, Function<T, Operand> operand) {
      this.keys = keys;
      this.operand = operand;
    }

    /** Holds when the key's is equal to this. */
    public Compare equalTo(T other) {
      return is(Relation.EQUAL, other);
    }

    /** Holds when the key's is not equal to this. */
    public Compare notEqualTo(T other) {
      return is(Relation.NOT_EQUAL, other);
    }

    /** Holds when the key's is less than this. */
    public Compare lessThan(T other) {
      return is(Relation.LESS, other);
    }

    /** Holds when the key's is greater than this. */
    public Compare greaterThan(T other) {
      return is(Relation.GREATER, other);
    }

    private Compare is(Relation relation, T other) {
      return new Compare(keys, relation, operand.apply(other));
    }
  }

  /** Holds when there is such a key. */
  public static Compare exists(Bytes key) {
    return createRevision(Keys.one(key)).greaterThan(0L);
  }

  /** Holds when there is such a key. */
  public static Compare exists(String key) {
    return exists(Bytes.of(key));
  }

  /** Holds when there is no such key. */
  public static Compare missing(Bytes key) {
    return createRevision(Keys.one(key)).equalTo(0L);
  }

  /** Holds when there is no such key. */
  public static Compare missing(String key) {
    return missing(Bytes.of(key));
  }

  /** Compares the value of a key. */
  public static Attribute<Bytes> value(Bytes key) {
    return value(Keys.one(key));
  }

  /** Compares the value of a key. */
  public static Attribute<Bytes> value(Keys keys) {
    return new Attribute<>(keys, Operand.Value::new);
  }

  /** Compares the value of a key, as text. */
  public static Attribute<String> value(String key) {
    return new Attribute<>(Keys.one(key), text -> new Operand.Value(Bytes.of(text)));
  }

  /** Compares how often a key was put. */
  public static Attribute<Long> version(Keys keys) {
    return new Attribute<>(keys, Operand.Version::new);
  }

  /** Compares how often a key was put. */
  public static Attribute<Long> version(String key) {
    return version(Keys.one(key));
  }

  /** Compares when a key came to be. */
  public static Attribute<Long> createRevision(Keys keys) {
    return new Attribute<>(keys, Operand.CreateRevision::new);
  }

  /** Compares when a key was last put. */
  public static Attribute<Long> modRevision(Keys keys) {
    return new Attribute<>(keys, Operand.ModRevision::new);
  }

  /** Compares when a key was last put. */
  public static Attribute<Long> modRevision(String key) {
    return modRevision(Keys.one(key));
  }

  /** Compares the lease of a key. */
  public static Attribute<Long> lease(Keys keys) {
    return new Attribute<>(keys, Operand.LeaseId::new);
  }
}
