package io.metastore.core.watch;

import com.google.protobuf.ByteString;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageOptions;
import io.metastore.core.Reply;
import io.metastore.core.apply.Commit;
import io.metastore.core.apply.EntryCodec;
import io.metastore.core.apply.LocalProposals;
import io.metastore.core.apply.PublishedViews;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.StoreState;
import io.metastore.core.task.TaskScope;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;

/** A state machine and a hub on the memory engine, without consensus; compaction is pretended. */
final class WatchedStore implements PublishedViews, AutoCloseable {
  private static final int RESPONSE_BYTES_MAX = 2 << 20;

  private final StorageEngine engine;
  private final StateMachine machine;
  private final TaskScope scope = TaskScope.open("watched-store");
  private final WatchHub hub;
  private long index;
  private volatile long compacted;

  WatchedStore(Path directory, WatchOptions options) {
    StorageEngineProvider memory =
        ServiceLoader.load(StorageEngineProvider.class).findFirst().orElseThrow();
    directory.toFile().mkdirs();
    engine = memory.open(new StorageOptions(directory, Map.of()));
    machine = StateMachine.open(engine, new NoProposals());
    hub = WatchHub.open(this, WatchedStore::header, options);
    machine.listen(hub);
    hub.start(scope);
  }

  static {
    // Core itself is handed its engine: only tests look one up.
    WatchedStore.class.getModule().addUses(StorageEngineProvider.class);
  }

  /** Limits of a real node; notices of progress never come by themselves. */
  static WatchOptions options() {
    return WatchOptions.of(Duration.ofHours(1), RESPONSE_BYTES_MAX);
  }

  static ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(7)
        .setMemberId(8)
        .setRaftTerm(9)
        .setRevision(revision)
        .build();
  }

  WatchHub hub() {
    return hub;
  }

  /** One of the hub's figures. */
  long figure(String name) {
    return hub.statistics().getOrDefault(name, -1L);
  }

  /** The first failure of the hub's tasks. */
  Optional<Throwable> failure() {
    return scope.failure();
  }

  Client client() {
    return new Client(hub);
  }

  /** Pretends that history below a revision is gone. */
  void compact(long revision) {
    compacted = revision;
  }

  @Override
  public PublishedView acquire() {
    while (true) {
      PublishedView view = machine.acquire();
      // The pretended view has the hold of the real one.
      return new PublishedView(compacted(view.state()), new Held(view));
    }
  }

  @Override
  public StoreState state() {
    return compacted(machine.state());
  }

  private StoreState compacted(StoreState state) {
    return new StoreState(
        state.appliedIndex(),
        state.appliedTerm(),
        state.revision(),
        compacted,
        state.keys(),
        state.alarms());
  }

  /** Applies proposals as one drain; returns the revision after it. */
  long apply(Proposal... proposals) {
    byte[] entry = EntryCodec.encode(new EntryCodec.Header(1, ++index), List.of(proposals));
    machine.apply(List.of(new Commit(index, 1, ByteBuffer.wrap(entry), new CompletableFuture<>())));
    return machine.state().revision();
  }

  long put(String key, String value) {
    return apply(putting(key, value));
  }

  long delete(String key) {
    return apply(deleting(key, ""));
  }

  static Proposal putting(String key, String value) {
    return Proposal.newBuilder()
        .setPut(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)))
        .build();
  }

  static Proposal deleting(String key, String end) {
    return Proposal.newBuilder()
        .setDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)))
        .build();
  }

  /** One transaction of puts and deletes. */
  static Proposal together(List<Proposal> operations) {
    List<RequestOp> ops = new ArrayList<>();
    for (Proposal operation : operations) {
      ops.add(
          operation.hasPut()
              ? RequestOp.newBuilder().setRequestPut(operation.getPut()).build()
              : RequestOp.newBuilder().setRequestDeleteRange(operation.getDeleteRange()).build());
    }
    return Proposal.newBuilder().setTxn(TxnRequest.newBuilder().addAllSuccess(ops)).build();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  @Override
  public void close() {
    hub.close();
    scope.close();
    machine.close();
    engine.close();
  }

  private static final class NoProposals implements LocalProposals {
    @Override
    public Optional<List<Proposal>> find(EntryCodec.Header entry) {
      return Optional.empty();
    }

    @Override
    public void replied(EntryCodec.Header entry, List<Reply> replies) {}
  }
}
