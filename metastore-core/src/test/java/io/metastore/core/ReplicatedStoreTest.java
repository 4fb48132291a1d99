package io.metastore.core;

import static io.metastore.core.Texts.bytes;
import static io.metastore.core.Texts.everything;
import static io.metastore.core.Texts.range;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageSizes;
import io.metastore.core.apply.Commit;
import io.metastore.core.apply.EntryCodec;
import io.metastore.core.apply.LocalProposals;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.compact.Compactor;
import io.metastore.core.lease.LeaseExpirer;
import io.metastore.core.lease.LeasePeers;
import io.metastore.core.lease.LeaseRenewer;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.StatusResponse;
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
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplicatedStoreTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final int REQUEST_BYTES_MAX = 100;

  /** Applies at once what is proposed; barriers pass when the test says so. */
  private final class FakeConsensus implements Consensus, LocalProposals {
    final List<Duration> timeouts = new ArrayList<>();
    final Deque<CompletableFuture<Void>> barriers = new ArrayDeque<>();
    ConsensusStatus status = new ConsensusStatus(11, 12, 12, 4, 100, 99, false);
    private Optional<Proposal> running = Optional.empty();
    private Optional<Reply> reply = Optional.empty();
    private long index;

    @Override
    public CompletableFuture<Reply> propose(Proposal proposal, Duration timeout) {
      timeouts.add(timeout);
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

  @TempDir Path directory;
  private final FakeConsensus consensus = new FakeConsensus();
  private final Deque<Runnable> scans = new ArrayDeque<>();
  private CountingEngine engine;
  private StateMachine machine;
  private ReplicatedStore store;

  @BeforeEach
  void open() throws IOException {
    engine = new CountingEngine(Engines.open(directory));
    machine = StateMachine.open(engine, consensus);
    store =
        new ReplicatedStore(
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
            upkeep());
  }

  private ReplicatedStore.Upkeep upkeep() {
    return new ReplicatedStore.Upkeep(
        new Compactor(machine::acquire, System::nanoTime),
        new Quota(Quota.UNLIMITED, () -> 500, System::nanoTime));
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

  @AfterEach
  void closeAndCount() {
    machine.close();
    assertEquals(0, engine.openViews());
    engine.close();
  }

  private static PutRequest.Builder put(String key, String value) {
    return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
  }

  private static ErrorCode refusal(CompletableFuture<?> future) {
    assertTrue(future.isDone(), "not refused at once");
    ExecutionException thrown = assertThrows(ExecutionException.class, future::get);
    return assertInstanceOf(MetastoreException.class, thrown.getCause()).code();
  }

  private ErrorCode refusedPut(PutRequest.Builder request) {
    return refusal(store.put(request.build(), TIMEOUT));
  }

  private ErrorCode refusedRange(RangeRequest.Builder request) {
    return refusal(store.range(request.build(), TIMEOUT));
  }

  private void put(String key) throws Exception {
    store.put(put(key, "value").build(), TIMEOUT).get();
  }

  private static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(11)
        .setMemberId(12)
        .setRaftTerm(4)
        .setRevision(revision)
        .build();
  }

  @Test
  void requestsAreCheckedInEtcdsOrder() {
    assertEquals(ErrorCode.EMPTY_KEY, refusedPut(put("", "v").setIgnoreValue(true)));
    assertEquals(
        ErrorCode.VALUE_PROVIDED,
        refusedPut(put("a", "v").setIgnoreValue(true).setIgnoreLease(true).setLease(1)));
    assertEquals(
        ErrorCode.LEASE_PROVIDED, refusedPut(put("a", "v").setIgnoreLease(true).setLease(1)));
    assertEquals(ErrorCode.EMPTY_KEY, refusedRange(range("").setSortOrderValue(9)));
    assertEquals(ErrorCode.INVALID_SORT_OPTION, refusedRange(range("a").setSortOrderValue(9)));
    assertEquals(ErrorCode.INVALID_SORT_OPTION, refusedRange(range("a").setSortTargetValue(9)));
    assertEquals(
        ErrorCode.EMPTY_KEY,
        refusal(
            store.deleteRange(
                DeleteRangeRequest.newBuilder().setRangeEnd(bytes("z")).build(), TIMEOUT)));
    assertEquals(List.of(), consensus.timeouts, "a refused request was proposed");
    assertTrue(consensus.barriers.isEmpty(), "a refused request waited for the barrier");
  }

  @Test
  void refusalsCarryEtcdsTexts() {
    assertEquals("etcdserver: key is not provided", ErrorCode.EMPTY_KEY.text());
    assertEquals("etcdserver: value is provided", ErrorCode.VALUE_PROVIDED.text());
    assertEquals("etcdserver: lease is provided", ErrorCode.LEASE_PROVIDED.text());
    assertEquals("etcdserver: invalid sort option", ErrorCode.INVALID_SORT_OPTION.text());
    assertEquals("etcdserver: request is too large", ErrorCode.REQUEST_TOO_LARGE.text());
    assertEquals("etcdserver: server stopped", ErrorCode.STOPPED.text());
  }

  @Test
  void aRequestIsTooLargeFromOneByteOverTheLimit() throws Exception {
    int overhead = Texts.put("k", "x".repeat(50)).getSerializedSize() - 50;
    store.put(put("k", "x".repeat(REQUEST_BYTES_MAX - overhead)).build(), TIMEOUT).get();
    assertEquals(
        ErrorCode.REQUEST_TOO_LARGE,
        refusedPut(put("k", "x".repeat(REQUEST_BYTES_MAX - overhead + 1))));
    assertEquals(
        ErrorCode.REQUEST_TOO_LARGE,
        refusal(
            store.deleteRange(
                DeleteRangeRequest.newBuilder()
                    .setKey(bytes("k".repeat(REQUEST_BYTES_MAX)))
                    .build(),
                TIMEOUT)));
    assertEquals(List.of(TIMEOUT), consensus.timeouts);
  }

  @Test
  void writesAnswerWithCompleteHeaders() throws Exception {
    assertEquals(header(2), store.put(put("a", "x").build(), TIMEOUT).get().getHeader());
    DeleteRangeResponse deleted =
        store
            .deleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("a")).build(), TIMEOUT)
            .get();
    assertEquals(header(3), deleted.getHeader());
    assertEquals(1, deleted.getDeleted());
    assertEquals(List.of(TIMEOUT, TIMEOUT), consensus.timeouts);
  }

  @Test
  void aRefusalOfTheStateMachineReachesTheCaller() {
    assertEquals(ErrorCode.KEY_NOT_FOUND, refusedPut(put("a", "").setIgnoreValue(true)));
    assertEquals(ErrorCode.LEASE_NOT_FOUND, refusedPut(put("a", "v").setLease(9)));
  }

  @Test
  void aLinearizableReadWaitsForTheBarrierAndSeesWhatItBrought() throws Exception {
    CompletableFuture<RangeResponse> read = store.range(range("a").build(), TIMEOUT);
    assertFalse(read.isDone());
    put("a");
    consensus.barriers.remove().complete(null);
    assertEquals(1, read.get().getCount());
    assertEquals(header(2), read.get().getHeader());
  }

  @Test
  void aSerializableReadNeedsNoBarrier() throws Exception {
    put("a");
    RangeRequest request = range("a").setSerializable(true).build();
    assertEquals(1, store.range(request, TIMEOUT).get().getCount());
    assertTrue(consensus.barriers.isEmpty());
  }

  @Test
  void aFailedBarrierFailsTheRead() {
    for (RangeRequest.Builder request : List.of(range("a"), everything())) {
      CompletableFuture<RangeResponse> read = store.range(request.build(), TIMEOUT);
      consensus
          .barriers
          .remove()
          .completeExceptionally(new MetastoreException(ErrorCode.NO_LEADER));
      assertEquals(ErrorCode.NO_LEADER, refusal(read));
    }
    assertTrue(scans.isEmpty());
  }

  @Test
  void readsOfManyKeysRunOnTheScanExecutor() throws Exception {
    put("a");
    CompletableFuture<RangeResponse> serializable =
        store.range(everything().setSerializable(true).build(), TIMEOUT);
    CompletableFuture<RangeResponse> linearizable = store.range(everything().build(), TIMEOUT);
    assertEquals(1, scans.size());
    consensus.barriers.remove().complete(null);
    assertEquals(2, scans.size());
    assertFalse(serializable.isDone());
    assertFalse(linearizable.isDone());
    scans.forEach(Runnable::run);
    assertEquals(1, serializable.get().getCount());
    assertEquals(header(2), linearizable.get().getHeader());
  }

  @Test
  void aScanThatIsRejectedMeansThatTheServerStopped() {
    ReplicatedStore stopping =
        new ReplicatedStore(
            machine,
            consensus,
            watches(machine),
            () -> new StorageSizes(0, 0),
            task -> {
              throw new RejectedExecutionException("shut down");
            },
            leases(machine),
            2,
            REQUEST_BYTES_MAX,
            128,
            "3.6.5",
            upkeep());
    assertEquals(
        ErrorCode.STOPPED,
        refusal(stopping.range(everything().setSerializable(true).build(), TIMEOUT)));
    CompletableFuture<RangeResponse> read = stopping.range(everything().build(), TIMEOUT);
    consensus.barriers.remove().complete(null);
    assertEquals(ErrorCode.STOPPED, refusal(read));
  }

  @Test
  void readsAfterTheStateMachineClosedMeanThatTheServerStopped() {
    CompletableFuture<RangeResponse> one = store.range(range("a").build(), TIMEOUT);
    CompletableFuture<RangeResponse> many = store.range(everything().build(), TIMEOUT);
    machine.close();
    consensus.barriers.forEach(barrier -> barrier.complete(null));
    scans.forEach(Runnable::run);
    assertEquals(ErrorCode.STOPPED, refusal(one));
    assertEquals(ErrorCode.STOPPED, refusal(many));
    assertEquals(ErrorCode.STOPPED, refusedRange(range("a").setSerializable(true)));
  }

  @Test
  void refusalsOfAReadReachTheCaller() {
    assertEquals(
        ErrorCode.FUTURE_REV, refusedRange(range("a").setSerializable(true).setRevision(5)));
    CompletableFuture<RangeResponse> read = store.range(range("a").setRevision(5).build(), TIMEOUT);
    consensus.barriers.remove().complete(null);
    assertEquals(ErrorCode.FUTURE_REV, refusal(read));
  }

  @Test
  void aStorageFailureOfAReadIsInTheFuture() throws Exception {
    put("a");
    put("a");
    engine.failScans(Keyspace.VERSIONS);
    CompletableFuture<RangeResponse> read =
        store.range(range("a").setSerializable(true).setRevision(2).build(), TIMEOUT);
    assertInstanceOf(
        StorageException.class, assertThrows(ExecutionException.class, read::get).getCause());
  }

  @Test
  void statusTellsWhereTheMemberStands() throws Exception {
    put("a");
    consensus.status = new ConsensusStatus(11, 12, 13, 4, 100, 99, true);
    StatusResponse status = store.status();
    assertEquals(header(2), status.getHeader());
    assertEquals("3.6.5", status.getVersion());
    assertEquals("3.6.0", status.getStorageVersion());
    assertEquals(500, status.getDbSize());
    assertEquals(200, status.getDbSizeInUse());
    assertEquals(13, status.getLeader());
    assertEquals(100, status.getRaftIndex());
    assertEquals(99, status.getRaftAppliedIndex());
    assertEquals(4, status.getRaftTerm());
    assertTrue(status.getIsLearner());
    assertEquals(0, status.getErrorsCount());
  }

  @Test
  void statusWithoutALeaderSaysSo() {
    consensus.status = new ConsensusStatus(11, 12, 0, 4, 100, 99, false);
    assertEquals(List.of("etcdserver: no leader"), store.status().getErrorsList());
    assertEquals(0, store.status().getLeader());
    assertFalse(consensus.status.isLeader());
  }
}
