package io.metastore.core.apply;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageOptions;
import io.metastore.core.Engines;
import io.metastore.core.Reply;
import io.metastore.core.Texts;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A process that puts many keys of 256 bytes, deletes all of them with one command, does so again
 * with half as many by revoking their lease, and opens the store again: its heap is smaller than
 * what it deletes. It says how many keys are left.
 */
final class LargeDelete implements LocalProposals, AutoCloseable {
  static final String LEFT = "left ";

  private static final int DRAIN_KEYS = 1000;
  private static final String VALUE = "v".repeat(256);

  private final StorageEngine engine;
  private final StateMachine machine;

  private LargeDelete(Path directory) {
    engine = Engines.named("rocksdb").open(StorageOptions.of(directory));
    machine = StateMachine.open(engine, this);
  }

  /** Takes a directory and a number of keys. */
  public static void main(String[] args) {
    Path directory = Path.of(args[0]);
    int keys = Integer.parseInt(args[1]);
    try (LargeDelete store = new LargeDelete(directory)) {
      store.apply(
          List.of(
              Proposal.newBuilder()
                  .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(60))
                  .build()));
      store.fill(keys, 0);
      long start = System.nanoTime();
      store.apply(List.of(Texts.delete("k", Texts.NO_END)));
      System.out.println("deleted in ms " + (System.nanoTime() - start) / 1_000_000);
      store.fill(keys / 2, 7);
      store.apply(
          List.of(
              Proposal.newBuilder()
                  .setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(7))
                  .build()));
      store.engine.flush();
    }
    try (LargeDelete store = new LargeDelete(directory)) {
      System.out.println(LEFT + store.machine.state().keys());
    }
  }

  private void fill(int keys, long lease) {
    List<Proposal> puts = new ArrayList<>();
    for (int i = 1; i <= keys; i++) {
      puts.add(
          Texts.put(
              PutRequest.newBuilder()
                  .setKey(Texts.bytes("key/%012d".formatted(i)))
                  .setValue(Texts.bytes(VALUE))
                  .setLease(lease)));
      if (puts.size() == DRAIN_KEYS || i == keys) {
        apply(puts);
        puts.clear();
      }
    }
  }

  private void apply(List<Proposal> proposals) {
    long index = machine.state().appliedIndex() + 1;
    byte[] entry = EntryCodec.encode(new EntryCodec.Header(1, index), proposals);
    machine.apply(List.of(new Commit(index, 1, ByteBuffer.wrap(entry), new CompletableFuture<>())));
  }

  @Override
  public Optional<List<Proposal>> find(EntryCodec.Header entry) {
    return Optional.empty();
  }

  @Override
  public void replied(EntryCodec.Header entry, List<Reply> replies) {
    throw new AssertionError("nobody waits for " + entry);
  }

  @Override
  public void close() {
    machine.close();
    engine.close();
  }
}
