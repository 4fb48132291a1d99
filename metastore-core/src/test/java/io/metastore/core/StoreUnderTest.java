package io.metastore.core;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageOptions;
import io.metastore.core.apply.Commit;
import io.metastore.core.apply.EntryCodec;
import io.metastore.core.apply.LocalProposals;
import io.metastore.core.apply.StateMachine;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.PurgeStep;
import io.metastore.core.mvcc.RangeReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A state machine over a real engine, with a log that is a list: whatever the engine loses in a
 * crash is replayed from it.
 */
public final class StoreUnderTest implements AutoCloseable {
  private static final long OWN = 1;
  private static final long OTHER = 2;

  private final StorageEngineProvider provider;
  private final Path directory;
  private final List<List<Proposal>> log = new ArrayList<>();
  private List<Reply> replies = List.of();
  private StorageEngine engine;
  private StateMachine stateMachine;

  private StoreUnderTest(StorageEngineProvider provider, Path directory) {
    this.provider = provider;
    this.directory = directory;
    this.engine = provider.open(StorageOptions.of(directory));
    this.stateMachine = StateMachine.open(engine, new Replies());
  }

  /** Opens an empty store on an engine, by its name. */
  public static StoreUnderTest open(String engine, Path directory) {
    return new StoreUnderTest(Engines.named(engine), directory);
  }

  public StateMachine stateMachine() {
    return stateMachine;
  }

  public StorageEngine engine() {
    return engine;
  }

  /** What the state machine holds, to be closed by the caller. */
  public PublishedView view() {
    return stateMachine.acquire();
  }

  /** Brings one command through the log. */
  public Reply propose(Proposal.Builder proposal) {
    log.add(List.of(proposal.build()));
    apply(OWN, log.size());
    return replies.getFirst();
  }

  /** Applies a command of another member, which is read from the log. */
  public void follow(Proposal.Builder proposal) {
    log.add(List.of(proposal.build()));
    apply(OTHER, log.size());
  }

  /** Brings commands through the log in one entry, none of which may be refused. */
  public void doneTogether(List<Proposal> proposals) {
    log.add(List.copyOf(proposals));
    apply(OWN, log.size());
    for (Reply reply : replies) {
      if (reply instanceof Reply.Refused refused) {
        throw MetastoreException.of(refused.code());
      }
    }
  }

  /** Brings one command through the log that must not be refused. */
  public Message.Builder done(Proposal.Builder proposal) {
    return switch (propose(proposal)) {
      case Reply.Done done -> done.response();
      case Reply.Refused refused -> throw MetastoreException.of(refused.code());
    };
  }

  /** Brings one command through the log; empty when it was not refused. */
  public Optional<ErrorCode> refusal(Proposal.Builder proposal) {
    return switch (propose(proposal)) {
      case Reply.Done done -> Optional.empty();
      case Reply.Refused refused -> Optional.of(refused.code());
    };
  }

  public static Proposal.Builder put(String key, String value) {
    return Proposal.newBuilder()
        .setPut(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)));
  }

  public static Proposal.Builder delete(String key) {
    return Proposal.newBuilder().setDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key)));
  }

  public static Proposal.Builder compaction(long revision) {
    return Proposal.newBuilder()
        .setCompaction(CompactionRequest.newBuilder().setRevision(revision));
  }

  public static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** Everything at a revision. */
  public RangeResponse all(long revision) {
    ByteString everything = ByteString.copyFrom(new byte[] {0});
    return range(
        RangeRequest.newBuilder()
            .setKey(everything)
            .setRangeEnd(everything)
            .setRevision(revision)
            .build());
  }

  public RangeResponse range(RangeRequest request) {
    try (PublishedView view = view()) {
      return RangeReader.range(view, request).build();
    }
  }

  /** One step of removing what is compacted; false when there was nothing to do. */
  public boolean purgeStep(int entriesMax) {
    Optional<PurgeStep> step;
    try (PublishedView view = view()) {
      step = PurgeStep.next(view, entriesMax);
    }
    step.ifPresent(next -> stateMachine.upkeep(next.batch()));
    return step.isPresent();
  }

  /** Stops and starts again; without a flush before it the engine forgets what it may. */
  public void restart() {
    stateMachine.close();
    engine.close();
    engine = provider.open(StorageOptions.of(directory));
    stateMachine = StateMachine.open(engine, new Replies());
    for (long index = stateMachine.state().appliedIndex() + 1; index <= log.size(); index++) {
      apply(OWN, index);
    }
  }

  private void apply(long origin, long index) {
    byte[] entry =
        EntryCodec.encode(
            new EntryCodec.Header(origin, index), log.get(Math.toIntExact(index - 1)));
    stateMachine.apply(
        List.of(new Commit(index, 1, ByteBuffer.wrap(entry), new CompletableFuture<>())));
  }

  @Override
  public void close() {
    stateMachine.close();
    engine.close();
  }

  private final class Replies implements LocalProposals {
    @Override
    public Optional<List<Proposal>> find(EntryCodec.Header entry) {
      return entry.origin() == OWN
          ? Optional.of(log.get(Math.toIntExact(entry.batch() - 1)))
          : Optional.empty();
    }

    @Override
    public void replied(EntryCodec.Header entry, List<Reply> given) {
      replies = given;
    }
  }
}
