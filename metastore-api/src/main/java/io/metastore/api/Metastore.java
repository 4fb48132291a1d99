package io.metastore.api;

import io.metastore.api.provider.EmbeddedProvider;
import io.metastore.api.provider.RemoteProvider;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A replicated, strongly consistent store of keys: in this JVM ({@link #open}) or on servers
 * ({@link #connect}), with the same methods.
 *
 * <pre>{@code
 * try (Metastore store = Metastore.open(OpenOptions.inMemory())) {
 *   store.put("/greeting", "hello");
 *   store.get("/greeting").ifPresent(entry -> System.out.println(entry.valueText()));
 * }
 * }</pre>
 *
 * <p>Methods block until there is an answer, so call them from virtual threads where many wait.
 * Reads see every write that was acknowledged before, wherever, unless a {@link Range} says
 * otherwise; a write that returned is on disk. Failures are {@link MetastoreException}s: {@link
 * RefusedException}, {@link UnavailableException}, {@link UnknownOutcomeException}. A thread that
 * is interrupted gets the last of these, with {@link ErrorCode#CANCELED}, and stays interrupted.
 *
 * <p>Once it is closed, or has {@linkplain #failure() stopped by itself}, every method that would
 * ask it refuses with {@link ErrorCode#STOPPED}: trying again is in vain. Calls under way at that
 * moment may fail as {@link UnavailableException} or {@link UnknownOutcomeException}.
 *
 * <p>Thread-safe; one for a program is enough.
 */
public interface Metastore extends AutoCloseable {
  /**
   * Opens a store in this JVM; needs {@code metastore-raft} and a storage engine.
   *
   * @return the store, which answers already if it is alone; a member of several may still wait for
   *     others
   * @throws RefusedException when it cannot be opened; the message says why and what to do
   */
  static Metastore open(OpenOptions options) {
    return Providers.find(EmbeddedProvider.class, "metastore-raft").open(options);
  }

  /**
   * Connects to servers that answer the etcd v3 API; needs {@code metastore-client}. Nothing is
   * sent yet: a server that is away is noticed with the first call.
   *
   * @param endpoints such as {@code http://127.0.0.1:2379}, the members of one cluster
   */
  static Metastore connect(String... endpoints) {
    return connect(ConnectOptions.to(endpoints));
  }

  /** Connects to servers that answer the etcd v3 API; needs {@code metastore-client}. */
  static Metastore connect(ConnectOptions options) {
    return Providers.find(RemoteProvider.class, "metastore-client").connect(options);
  }

  /**
   * Reads keys, also as of an earlier revision. The answer is in memory as a whole: {@link #stream}
   * is for what may not fit.
   */
  RangeResult range(Range range);

  /**
   * Reads keys piece by piece as they are asked for, all at one revision, in key order: for ranges
   * that are larger than memory. It holds one piece at a time, of 16 MiB at most over a network and
   * a few otherwise, or one entry that is larger. Each piece may take as long as a call. Fails with
   * {@link ErrorCode#COMPACTED} when a compaction overtakes it.
   *
   * @throws IllegalArgumentException when the range wants another order, or a count
   */
  Stream<KeyValue> stream(Range range);

  /** Writes a key. */
  PutResult put(Put put);

  /** Deletes keys. */
  DeleteResult delete(Delete delete);

  /** Runs a transaction. */
  TxnResult txn(Txn txn);

  /** Begins to watch. What is wrong with the options is told as the watch's outcome. */
  Watch watch(WatchOptions options);

  /**
   * Gets a lease that is renewed while it is open.
   *
   * @param ttl in whole seconds; the store raises what is too short
   */
  Lease lease(Duration ttl);

  /** The ids of all leases, the one that ends first first. */
  List<Long> leases();

  /** What is left of a lease; empty when there is none. */
  Optional<LeaseStatus> leaseStatus(long id);

  /** Ends a lease, whoever opened it, and deletes its keys; false when there is none. */
  boolean revokeLease(long id);

  /** Gives up the history before a revision: reads and watches from there on still work. */
  void compact(long revision);

  /**
   * The same store with another time for calls to wait for their answers. It shares everything with
   * this one, so closing either closes both; leases and watches that were opened before keep what
   * they have.
   *
   * @throws IllegalArgumentException when the time is not positive
   */
  Metastore withTimeout(Duration timeout);

  /** The state of the member that answers. */
  Status status();

  /** Where other programs reach this store; none when it is open in this JVM only. */
  List<URI> endpoints();

  /**
   * Why the store has stopped by itself, such as a {@link
   * io.metastore.api.storage.StorageException} for a disk that fails; empty while it works and
   * after it was closed. All that is left to do is to close it; it may then be opened again. A
   * store on servers never stops by itself: servers that went away may come back.
   */
  Optional<Throwable> failure();

  /**
   * Waits until the store was closed or has stopped by itself, which {@link #failure()} tells
   * apart.
   *
   * @throws InterruptedException when interrupted
   */
  void awaitEnd() throws InterruptedException;

  /**
   * Closes the store: watches end, leases are no longer renewed and end by their TTL, no thread
   * stays. May be called any number of times from any threads: one close happens, and all callers
   * return when it is done.
   */
  @Override
  void close();

  /** Reads a key. */
  default Optional<KeyValue> get(Bytes key) {
    return range(Range.of(Keys.one(key))).first();
  }

  /** Reads a key. */
  default Optional<KeyValue> get(String key) {
    return get(Bytes.of(key));
  }

  /** /** Writes a key without a lease. */
  default PutResult put(Bytes key, Bytes value) {
    return put(Put.of(key, value));
  }

  /** Writes a key without a lease. */
  default PutResult put(String key, String value) {
    return put(Put.of(key, value));
  }

  /** Deletes a key; true when it was there. */
  default boolean delete(Bytes key) {
    return delete(Delete.of(key)).deleted() > 0;
  }

  /** Deletes a key; true when it was there. */
  default boolean delete(String key) {
    return delete(Bytes.of(key));
  }

  /** Watches from now on. */
  default Watch watch(Keys keys) {
    return watch(WatchOptions.of(keys));
  }

  /** A lock that others take by the same name, with this API or with etcd's clients. */
  default Lock lock(String name) {
    return new Lock(this, name);
  }

  /** An election that others stand in by the same name, with this API or with etcd's clients. */
  default Election election(String name) {
    return new Election(this, name);
  }
}
