package io.metastore.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.GetOption.SortOrder;
import io.etcd.jetcd.options.GetOption.SortTarget;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent.EventType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A lock made of transactions, leases and watches, step by step as etcd's Go library makes it
 * ({@code client/v3/concurrency/mutex.go}): every caller puts a key of its own below the lock's
 * name, the oldest key has the lock, and each of the others watches the one before it.
 *
 * <p>Belongs to one caller.
 */
final class JetcdMutex {
  private static final long DEADLINE_SECONDS = 30;

  private final KV kv;
  private final Watch watches;
  private final ByteSequence prefix;
  private final ByteSequence key;
  private final long lease;
  private long revision;

  JetcdMutex(Client client, String name, long lease) {
    this.kv = client.getKVClient();
    this.watches = client.getWatchClient();
    this.prefix = ByteSequence.from(name + "/", UTF_8);
    this.key = ByteSequence.from(name + "/" + Long.toHexString(lease), UTF_8);
    this.lease = lease;
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  /** Waits for the lock. */
  void lock() throws Exception {
    Op first =
        Op.get(
            prefix,
            GetOption.builder()
                .isPrefix(true)
                .withSortField(SortTarget.CREATE)
                .withSortOrder(SortOrder.ASCEND)
                .withLimit(1)
                .build());
    TxnResponse taken =
        await(
            kv.txn()
                .If(isAbsent())
                .Then(
                    Op.put(key, ByteSequence.EMPTY, PutOption.builder().withLeaseId(lease).build()),
                    first)
                .Else(Op.get(key, GetOption.DEFAULT), first)
                .commit());
    List<GetResponse> reads = taken.getGetResponses();
    revision =
        taken.isSucceeded()
            ? taken.getHeader().getRevision()
            : reads.getFirst().getKvs().getFirst().getCreateRevision();
    KeyValue oldest = reads.getLast().getKvs().getFirst();
    if (oldest.getCreateRevision() != revision) {
      awaitPredecessors();
    }
  }

  private Cmp isAbsent() {
    return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(0));
  }

  private void awaitPredecessors() throws Exception {
    GetOption newestBefore =
        GetOption.builder()
            .isPrefix(true)
            .withSortField(SortTarget.CREATE)
            .withSortOrder(SortOrder.DESCEND)
            .withLimit(1)
            .withMaxCreateRevision(revision - 1)
            .build();
    GetResponse before = await(kv.get(prefix, newestBefore));
    while (!before.getKvs().isEmpty()) {
      awaitDeletion(before.getKvs().getFirst().getKey(), before.getHeader().getRevision());
      before = await(kv.get(prefix, newestBefore));
    }
  }

  private void awaitDeletion(ByteSequence predecessor, long from) throws Exception {
    CompletableFuture<Void> deleted = new CompletableFuture<>();
    try (Watch.Watcher watcher =
        watches.watch(
            predecessor,
            WatchOption.builder().withRevision(from).build(),
            response -> {
              if (response.getEvents().stream()
                  .anyMatch(event -> event.getEventType() == EventType.DELETE)) {
                deleted.complete(null);
              }
            },
            deleted::completeExceptionally)) {
      await(deleted);
      if (watcher.isClosed()) {
        throw new IllegalStateException("the watch ended by itself");
      }
    }
  }

  /** The condition that the lock is held still, for what is to happen under it. */
  Cmp isOwner() {
    return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(revision));
  }

  /** Gives the lock up. */
  void unlock() throws Exception {
    await(kv.delete(key));
  }
}
