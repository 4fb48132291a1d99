package io.metastore.core.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.StorageView;
import io.metastore.core.CountingEngine;
import io.metastore.core.Engines;
import io.metastore.core.Ops;
import io.metastore.core.Reply;
import io.metastore.core.Texts;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.mvcc.LoggedChanges;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.SpillLimit;
import io.metastore.testkit.storage.Seed;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drains that are too large for memory: what they leave is what they would leave in one batch. */
final class SpillTest {
  private static final SpillLimit TINY = new SpillLimit(7, 1 << 20);
  private static final int DRAINS = 40;

  @TempDir Path plainDirectory;
  @TempDir Path spillingDirectory;

  private static final class Nobody implements LocalProposals {
    @Override
    public Optional<List<Proposal>> find(EntryCodec.Header entry) {
      return Optional.empty();
    }

    @Override
    public void replied(EntryCodec.Header entry, List<Reply> replies) {
      throw new AssertionError("nobody waits for " + entry);
    }
  }

  private static Proposal random(Random random) {
    String key = "k" + random.nextInt(40);
    long lease = random.nextInt(3);
    return switch (random.nextInt(10)) {
      case 0 -> Texts.delete("k", Texts.NO_END);
      case 1 -> Texts.delete(key, "k9");
      case 2 -> Proposal.newBuilder().setLeaseGrant(grant(lease + 1)).build();
      case 3 ->
          Proposal.newBuilder()
              .setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(lease + 1))
              .build();
      case 4 ->
          Proposal.newBuilder()
              .setTxn(
                  Ops.txn(
                      Ops.put("a" + key, "1"),
                      Ops.delete("k1", "k3"),
                      Ops.put("l", "2"),
                      Ops.delete("k", "z"),
                      Ops.put(PutRequest.newBuilder().setKey(Texts.bytes("z")).setLease(lease))))
              .build();
      default ->
          Texts.put(
              PutRequest.newBuilder()
                  .setKey(Texts.bytes(key))
                  .setValue(Texts.bytes("v" + random.nextInt()))
                  .setLease(lease));
    };
  }

  private static LeaseGrantRequest grant(long id) {
    return LeaseGrantRequest.newBuilder().setID(id).setTTL(60).build();
  }

  private static List<Commit> drain(List<List<Proposal>> entries, long firstIndex) {
    List<Commit> commits = new ArrayList<>();
    for (List<Proposal> entry : entries) {
      long index = firstIndex + commits.size();
      byte[] bytes = EntryCodec.encode(new EntryCodec.Header(9, index), entry);
      commits.add(new Commit(index, 1, ByteBuffer.wrap(bytes), new CompletableFuture<>()));
    }
    return commits;
  }

  private static List<String> dump(StorageView view) {
    // A spill ends a page of LOG, so its pages may differ.
    List<String> lines = new ArrayList<>(LoggedChanges.of(view));
    for (Keyspace keyspace : EnumSet.complementOf(EnumSet.of(Keyspace.LOG))) {
      try (Cursor cursor = view.scan(keyspace, KeyRange.all(), ScanDirection.FORWARD)) {
        while (cursor.next()) {
          lines.add(keyspace + " " + hex(cursor.key()) + " " + hex(cursor.value()));
        }
      }
    }
    return lines;
  }

  private static List<String> dump(StorageEngine engine) {
    try (StorageView view = engine.view()) {
      return dump(view);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void whatIsSpilledIsSeenAtTheEndAndTakenBackWithoutOne(String name) {
    Random random = Seed.random("SpillTest");
    int broken = 0;
    try (StorageEngine plainEngine = Engines.named(name).open(StorageOptions.of(plainDirectory));
        CountingEngine engine =
            new CountingEngine(Engines.named(name).open(StorageOptions.of(spillingDirectory)))) {
      StateMachine plain = StateMachine.open(plainEngine, new Nobody());
      StateMachine spilling = StateMachine.open(engine, new Nobody(), TINY);
      long index = 1;
      for (int i = 0; i < DRAINS; i++) {
        List<List<Proposal>> entries = new ArrayList<>();
        for (int e = random.nextInt(1, 4); e > 0; e--) {
          entries.add(Stream.generate(() -> random(random)).limit(8).toList());
        }
        List<String> before = dump(engine);
        int after = random.nextInt(6);
        engine.failCommitsAfter(after);
        boolean done = applies(spilling, drain(entries, index));
        engine.failCommitsAfter(Integer.MAX_VALUE);
        if (!done) {
          broken++;
          try (PublishedView view = spilling.acquire()) {
            assertEquals(before, dump(view.view()), "a reader saw half a drain");
          }
          if (random.nextBoolean()) {
            // As after a crash: what was spilled is there.
            spilling.close();
            spilling = StateMachine.open(engine, new Nobody(), TINY);
            assertEquals(before, dump(engine), "what was not finished is not taken back");
          }
          assertTrue(applies(spilling, drain(entries, index)));
        }
        plain.apply(drain(entries, index));
        assertEquals(dump(plainEngine), dump(engine), "a drain that was spilled left other things");
        index += entries.size();
      }
      spilling.close();
      plain.close();
      assertEquals(0, engine.openViews());
      assertEquals(0, engine.misuses());
    }
    assertTrue(broken > DRAINS / 10, "only " + broken + " drains were broken off");
  }

  private static boolean applies(StateMachine machine, List<Commit> commits) {
    try {
      machine.apply(commits);
      return true;
    } catch (StorageException e) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "rocksdb"})
  void aDrainIsSpilledWhereItIsLarge(String name) {
    try (CountingEngine engine =
        new CountingEngine(Engines.named(name).open(StorageOptions.of(spillingDirectory)))) {
      StateMachine machine = StateMachine.open(engine, new Nobody(), TINY);
      List<Proposal> puts = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        puts.add(Texts.put("k" + i, "v"));
      }
      machine.apply(drain(List.of(puts), 1));
      int commits = engine.commits();
      machine.apply(
          drain(
              List.of(
                  List.of(
                      Texts.delete(
                          DeleteRangeRequest.newBuilder()
                              .setKey(Texts.bytes("k"))
                              .setRangeEnd(Texts.bytes("l"))))),
              2));
      assertTrue(engine.commits() - commits > 10, "in " + (engine.commits() - commits));
      assertEquals(0, machine.state().keys());
      engine.failCommitsAfter(0);
      assertThrows(StorageException.class, () -> machine.apply(drain(List.of(puts), 3)));
      engine.failCommitsAfter(Integer.MAX_VALUE);
      machine.close();
    }
  }
}
