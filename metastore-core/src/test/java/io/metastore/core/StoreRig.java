package io.metastore.core;

import static io.metastore.core.Texts.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageSizes;
import io.metastore.core.apply.Commit;
import io.metastore.core.apply.EntryCodec;
import io.metastore.core.apply.LocalProposals;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.compact.Compactor;
import io.metastore.core.lease.LeaseExpirer;
import io.metastore.core.lease.LeasePeers;
import io.metastore.core.lease.LeaseRenewer;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.quota.Quota;
import io.metastore.core.watch.WatchHub;
import io.metastore.core.watch.WatchOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * The façade over a state machine on a real engine, and a consensus that applies at once what is
 * proposed. Belongs to one thread.
 */
final class StoreRig implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(3);
  static final int REQUEST_BYTES_MAX = 100;

  /** Applies at once what is proposed; barriers pass when the test says so. */
  final class FakeConsensus implements Consensus, LocalProposals {
    final List<Duration> timeouts = new ArrayList<>();
    final Deque<CompletableFuture<Void>> barriers = new ArrayDeque<>();
    ConsensusStatus status = new ConsensusStatus(11, 12, 12, 4, 100, 99, false);
    private Optional<Proposal> running = Optional.empty();
    private Optional<Reply> reply = Optional.empty();
    private long index;
    private Optional<Runnable> before = Optional.empty();

    /** Runs something before the next proposal is applied: it comes too late for that. */
    void before(Runnable event) {
      before = Optional.of(event);
    }

    @Override
    public CompletableFuture<Reply> propose(Proposal proposal, Duration timeout) {
      timeouts.add(timeout);
      Optional<Runnable> event = before;
      before = Optional.empty();
      event.ifPresent(Runnable::run);
      running = Optional.of(proposal);
      EntryCodec.Header header = new EntryCodec.Header(1, ++index);
      machine.apply(
          List.of(
              new Commit(
                  index,
                  4,
                  ByteBuffer.wrap(EntryCodec.encode(header, List.of(proposal))),
                  new CompletableFuture<>())));
      return CompletableFuture.completedFuture(reply.orElseThrow());
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
      CompletableFuture<Void> barrier = new CompletableFuture<>();
      barriers.add(barrier);
      return barrier;
    }

    @Override
    public ConsensusStatus status() {
      return status;
    }

    @Override
    public Optional<List<Proposal>> find(EntryCodec.Header entry) {
      return running.map(List::of);
    }

    @Override
    public void replied(EntryCodec.Header entry, List<Reply> replies) {
      reply = Optional.of(replies.getFirst());
    }
  }

  final FakeConsensus consensus = new FakeConsensus();
  final Deque<Runnable> scans = new ArrayDeque<>();
  final CountingEngine engine;
  final StateMachine machine;
  final ReplicatedStore store;

  StoreRig(Path directory) throws IOException {
    engine = new CountingEngine(Engines.open(directory));
    machine = StateMachine.open(engine, consensus);
    store = over(scans::add);
  }

  /** The façade, with an executor for its scans. */
  ReplicatedStore over(Executor executor) {
    return new ReplicatedStore(
        machine,
        consensus,
        watches(machine),
        () -> new StorageSizes(500, 200),
        executor,
        leases(machine),
        2,
        REQUEST_BYTES_MAX,
        128,
        "3.6.5",
        upkeep(Quota.UNLIMITED));
  }

  /** The façade of a member that has no space left. */
  ReplicatedStore withoutSpace() {
    return new ReplicatedStore(
        machine,
        consensus,
        watches(machine),
        () -> new StorageSizes(500, 200),
        scans::add,
        leases(machine),
        2,
        REQUEST_BYTES_MAX,
        128,
        "3.6.5",
        upkeep(1));
  }

  private ReplicatedStore.Upkeep upkeep(long quotaBytes) {
    return new ReplicatedStore.Upkeep(
        new Compactor(machine::acquire, System::nanoTime),
        new Quota(quotaBytes, () -> 500, System::nanoTime));
  }

  /** A hub that nobody listens to. */
  private static WatchHub watches(StateMachine machine) {
    return WatchHub.open(
        machine,
        revision -> ResponseHeader.getDefaultInstance(),
        WatchOptions.of(Duration.ofMinutes(10), REQUEST_BYTES_MAX));
  }

  /** Leases that nobody asks for. */
  private LeaseRenewer leases(StateMachine machine) {
    LeaseExpirer expirer =
        new LeaseExpirer(
            consensus,
            machine::acquire,
            Duration.ofSeconds(1),
            Duration.ZERO,
            () -> 0,
            NodeMetrics.NONE);
    return new LeaseRenewer(consensus, expirer, LeasePeers.NONE, NodeMetrics.NONE);
  }

  static PutRequest.Builder put(String key, String value) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
  }

  static ErrorCode refusal(CompletableFuture<?> future) {
    assertTrue(future.isDone(), "not refused at once");
    ExecutionException thrown = assertThrows(ExecutionException.class, future::get);
    return assertInstanceOf(MetastoreException.class, thrown.getCause()).code();
  }

  void put(String key) throws Exception {
    store.put(put(key, "value").build(), TIMEOUT).get();
  }

  static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(11)
        .setMemberId(12)
        .setRaftTerm(4)
        .setRevision(revision)
        .build();
  }

  /** Runs the scans that wait, which may be none. */
  void scan() {
    for (Runnable scan = scans.poll(); scan != null; scan = scans.poll()) {
      scan.run();
    }
  }

  /** Closes it, and finds out whether a view was left open. */
  @Override
  public void close() {
    machine.close();
    assertEquals(0, engine.openViews());
    engine.close();
  }
}
