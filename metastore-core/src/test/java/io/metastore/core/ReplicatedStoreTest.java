package io.metastore.core;

import static io.metastore.core.StoreRig.REQUEST_BYTES_MAX;
import static io.metastore.core.StoreRig.TIMEOUT;
import static io.metastore.core.StoreRig.header;
import static io.metastore.core.StoreRig.put;
import static io.metastore.core.StoreRig.refusal;
import static io.metastore.core.Texts.bytes;
import static io.metastore.core.Texts.range;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.StatusResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplicatedStoreTest {
  @TempDir Path directory;
  private StoreRig rig;
  private ReplicatedStore store;
  private StoreRig.FakeConsensus consensus;

  @BeforeEach
  void open() throws IOException {
    rig = new StoreRig(directory);
    store = rig.store;
    consensus = rig.consensus;
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private ErrorCode refusedPut(PutRequest.Builder request) {
    return refusal(store.put(request.build(), TIMEOUT));
  }

  private ErrorCode refusedRange(RangeRequest.Builder request) {
    return refusal(store.range(request.build(), TIMEOUT));
  }

  @Test
  @DisplayName("82: without space that is what is told first, whatever else is wrong")
  void spaceComesFirst() {
    ReplicatedStore full = rig.withoutSpace();
    PutRequest noKey = PutRequest.getDefaultInstance();
    assertEquals(ErrorCode.NO_SPACE, StoreRig.refusal(full.put(noKey, StoreRig.TIMEOUT)));
    LeaseGrantRequest tooLong = LeaseGrantRequest.newBuilder().setTTL(Long.MAX_VALUE).build();
    assertEquals(ErrorCode.NO_SPACE, StoreRig.refusal(full.leaseGrant(tooLong, StoreRig.TIMEOUT)));
    assertEquals(ErrorCode.EMPTY_KEY, StoreRig.refusal(store.put(noKey, StoreRig.TIMEOUT)));
  }

  @Test
  @DisplayName("18, 24, 30: requests are checked in etcd's order")
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
  @DisplayName("18, 24, 30, 37: refusals have etcd's texts")
  void refusalsCarryEtcdsTexts() {
    assertEquals("etcdserver: key is not provided", ErrorCode.EMPTY_KEY.text());
    assertEquals("etcdserver: value is provided", ErrorCode.VALUE_PROVIDED.text());
    assertEquals("etcdserver: lease is provided", ErrorCode.LEASE_PROVIDED.text());
    assertEquals("etcdserver: invalid sort option", ErrorCode.INVALID_SORT_OPTION.text());
    assertEquals("etcdserver: request is too large", ErrorCode.REQUEST_TOO_LARGE.text());
    assertEquals("etcdserver: server stopped", ErrorCode.STOPPED.text());
  }

  @Test
  @DisplayName("37: a request is too large from one byte over the limit of its log entry")
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
  void statusTellsWhereTheMemberStands() throws Exception {
    rig.put("a");
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
