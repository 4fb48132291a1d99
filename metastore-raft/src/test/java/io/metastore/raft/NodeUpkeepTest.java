package io.metastore.raft;

import static io.metastore.raft.Nodes.TIMEOUT;
import static io.metastore.raft.Nodes.delete;
import static io.metastore.raft.Nodes.options;
import static io.metastore.raft.Nodes.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.AlarmMember;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AlarmRequest.AlarmAction;
import io.metastore.core.message.AlarmType;
import io.metastore.core.message.CompactionRequest;
import io.metastore.core.message.HashKVRequest;
import io.metastore.core.message.HashKVResponse;
import io.metastore.core.message.PutRequest;
import io.metastore.testkit.storage.Together;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

/** Compaction and quota of a whole node, in this process, on real engines and over a real log. */
final class NodeUpkeepTest {
  private static final long QUOTA_BYTES = 4_000_000;

  @TempDir Path temp;

  @EveryEngine
  @DisplayName("35: physical compaction waits for the purge, and the mark outlives a restart")
  void aPhysicalCompactionIsDoneWhenItAnswers(String engine) throws Exception {
    NodeOptions options = options(temp.resolve("data"), engine);
    CompactionRequest compaction =
        CompactionRequest.newBuilder().setRevision(600).setPhysical(true).build();
    try (Node node = Node.start(options)) {
      assertTrue(node.awaitReady(TIMEOUT));
      for (int i = 0; i < 700; i++) {
        put(node, "k", "v" + i);
      }
      HashKVResponse before = hash(node);
      assertEquals(
          701, result(node.store().compact(compaction, TIMEOUT)).getHeader().getRevision());
      assertEquals(600L, node.storeStatistics().get("compacted_revision"));
      assertNotEquals(before.getHash(), hash(node).getHash());
      assertEquals(600, hash(node).getCompactRevision());
    }
    try (Node node = Node.start(options)) {
      assertTrue(node.awaitReady(TIMEOUT));
      assertEquals(600, hash(node).getCompactRevision());
      assertEquals(ErrorCode.COMPACTED, refusal(node.store().compact(compaction, TIMEOUT)));
    }
  }

  @EveryEngine
  @DisplayName("82: over the quota the alarm is raised and puts are refused until it is disarmed")
  void overTheQuotaPutsAreRefused(String engine) throws Exception {
    NodeOptions options = withUpkeep(options(temp.resolve("data"), engine), QUOTA_BYTES, false);
    PutRequest large =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("large"))
            .setValue(ByteString.copyFrom(new byte[1_000_000]))
            .build();
    try (Node node = Node.start(options)) {
      assertTrue(node.awaitReady(TIMEOUT));
      put(node, "k", "v");
      int puts = 0;
      while (node.store().put(large, TIMEOUT).handle((done, failure) -> failure == null).get()) {
        assertTrue(++puts < 10, "10 MB are let through by a quota of 4 MB");
      }
      assertTrue(puts > 0, "an empty store is full");
      PutRequest small = large.toBuilder().setValue(ByteString.EMPTY).build();
      assertEquals(ErrorCode.NO_SPACE, refusal(node.store().put(small, TIMEOUT)));
      AlarmMember raised = node.store().alarms().getFirst();
      assertEquals(AlarmType.NOSPACE, raised.getAlarm());
      assertEquals(node.consensus().memberId(), raised.getMemberID());
      assertTrue(node.store().status().getErrors(0).endsWith("alarm:NOSPACE "));
      assertEquals(QUOTA_BYTES, node.store().status().getDbSizeQuota());
      delete(node, "k");
    }
    // With room for more, and told to: the alarm ends by itself.
    try (Node node = Node.start(withUpkeep(options, 1 << 30, true))) {
      assertTrue(node.awaitReady(TIMEOUT));
      long deadline = System.nanoTime() + TIMEOUT.toNanos();
      while (!node.store().alarms().isEmpty()) {
        assertTrue(System.nanoTime() < deadline, "the alarm stays");
        Thread.onSpinWait();
      }
      put(node, "k", "v");
    }
  }

  @EveryEngine
  @DisplayName("82: a compaction gives space back, and the alarm is disarmed and stays away")
  void spaceComesBackByCompaction(String engine) throws Exception {
    NodeOptions options = withUpkeep(options(temp.resolve("data"), engine), QUOTA_BYTES, false);
    try (Node node = Node.start(options)) {
      assertTrue(node.awaitReady(TIMEOUT));
      byte[] value = new byte[500_000];
      new Random(1).nextBytes(value);
      PutRequest large =
          PutRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8("large"))
              .setValue(ByteString.copyFrom(value))
              .build();
      while (node.store().put(large, TIMEOUT).handle((done, failure) -> failure == null).get()) {
        assertTrue(node.store().alarms().isEmpty());
      }
      delete(node, "large");
      long head = hash(node).getHeader().getRevision();
      CompactionRequest compaction =
          CompactionRequest.newBuilder().setRevision(head).setPhysical(true).build();
      result(node.store().compact(compaction, TIMEOUT));
      Together.await("space comes back", () -> node.store().status().getDbSize() < QUOTA_BYTES / 2);
      AlarmMember raised = node.store().alarms().getFirst();
      result(
          node.store()
              .alarm(
                  AlarmRequest.newBuilder()
                      .setAction(AlarmAction.DEACTIVATE)
                      .setAlarm(raised.getAlarm())
                      .setMemberID(raised.getMemberID())
                      .build(),
                  TIMEOUT));
      result(node.store().put(large, TIMEOUT));
      assertEquals(List.of(), node.store().alarms());
    }
  }

  private static NodeOptions withUpkeep(NodeOptions options, long quotaBytes, boolean disarm) {
    return Nodes.withUpkeep(options, new UpkeepOptions(Duration.ZERO, 0, quotaBytes, disarm));
  }

  private static HashKVResponse hash(Node node) throws Exception {
    return result(node.store().hashKv(HashKVRequest.getDefaultInstance(), TIMEOUT));
  }

  private static <R> R result(CompletableFuture<R> call) throws Exception {
    return call.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
  }

  private static ErrorCode refusal(CompletableFuture<?> call) {
    ExecutionException thrown = assertThrows(ExecutionException.class, () -> result(call));
    return assertInstanceOf(MetastoreException.class, thrown.getCause()).code();
  }
}
