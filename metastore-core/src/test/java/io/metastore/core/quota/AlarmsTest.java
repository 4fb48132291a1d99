package io.metastore.core.quota;

import static io.metastore.core.StoreUnderTest.bytes;
import static io.metastore.core.StoreUnderTest.compaction;
import static io.metastore.core.StoreUnderTest.delete;
import static io.metastore.core.StoreUnderTest.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.StoreUnderTest;
import io.metastore.core.message.AlarmMember;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AlarmRequest.AlarmAction;
import io.metastore.core.message.AlarmResponse;
import io.metastore.core.message.AlarmType;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AlarmsTest {
  @TempDir Path directory;
  private StoreUnderTest store;

  @BeforeEach
  void open() {
    store = StoreUnderTest.open("memory", directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private List<AlarmMember> alarm(AlarmAction action, long member, AlarmType type) {
    AlarmRequest request =
        AlarmRequest.newBuilder().setAction(action).setMemberID(member).setAlarm(type).build();
    return ((AlarmResponse.Builder) store.done(Proposal.newBuilder().setAlarm(request)))
        .getAlarmsList();
  }

  private static AlarmMember of(long member, AlarmType type) {
    return AlarmMember.newBuilder().setMemberID(member).setAlarm(type).build();
  }

  private static RequestOp putOp() {
    return RequestOp.newBuilder()
        .setRequestPut(PutRequest.newBuilder().setKey(bytes("a")).setValue(bytes("xyz")))
        .build();
  }

  private static Proposal.Builder txn(RequestOp op) {
    return Proposal.newBuilder().setTxn(TxnRequest.newBuilder().addFailure(op));
  }

  private static RequestOp nested(RequestOp op) {
    return RequestOp.newBuilder().setRequestTxn(TxnRequest.newBuilder().addSuccess(op)).build();
  }

  @Test
  @DisplayName("83: alarms are listed by type, raised twice without effect, disarmed once")
  void alarmsAreRaisedListedAndDisarmed() {
    assertEquals(List.of(), alarm(AlarmAction.GET, 0, AlarmType.NONE));
    AlarmMember noSpace = of(-5, AlarmType.NOSPACE);
    AlarmMember corrupt = of(5, AlarmType.CORRUPT);
    assertEquals(List.of(noSpace), alarm(AlarmAction.ACTIVATE, -5, AlarmType.NOSPACE));
    assertEquals(List.of(noSpace), alarm(AlarmAction.ACTIVATE, -5, AlarmType.NOSPACE));
    assertEquals(List.of(corrupt), alarm(AlarmAction.ACTIVATE, 5, AlarmType.CORRUPT));
    store.engine().flush();
    store.restart();
    assertEquals(List.of(noSpace, corrupt), alarm(AlarmAction.GET, 0, AlarmType.NONE));
    assertEquals(List.of(noSpace), alarm(AlarmAction.GET, 7, AlarmType.NOSPACE));
    assertEquals(List.of(), alarm(AlarmAction.DEACTIVATE, 0, AlarmType.NOSPACE));
    assertEquals(List.of(corrupt), alarm(AlarmAction.DEACTIVATE, 5, AlarmType.CORRUPT));
    assertEquals(List.of(), alarm(AlarmAction.DEACTIVATE, 5, AlarmType.CORRUPT));
    assertEquals(
        Optional.of(ErrorCode.NO_SPACE), store.refusal(put("a", "1")), "the other is still raised");
  }

  @Test
  @DisplayName("82: without space puts are refused, in either branch and nested; the rest goes on")
  void withoutSpaceNothingIsPut() {
    store.done(put("a", "1"));
    alarm(AlarmAction.ACTIVATE, 5, AlarmType.NOSPACE);
    assertEquals(Optional.of(ErrorCode.NO_SPACE), store.refusal(put("a", "1")));
    assertEquals(Optional.of(ErrorCode.NO_SPACE), store.refusal(txn(putOp())));
    assertEquals(Optional.of(ErrorCode.NO_SPACE), store.refusal(txn(nested(putOp()))));
    assertEquals(1, store.all(0).getCount());
    assertEquals(Optional.empty(), store.refusal(delete("a")));
    assertEquals(Optional.empty(), store.refusal(compaction(2)));
    alarm(AlarmAction.DEACTIVATE, 5, AlarmType.NOSPACE);
    assertEquals(Optional.empty(), store.refusal(put("a", "1")));
  }

  @Test
  @DisplayName("82: a put costs 256 bytes, its key and its value; a transaction its dearer branch")
  void costsAreEtcds() {
    TxnRequest txn =
        TxnRequest.newBuilder()
            .addSuccess(putOp())
            .addFailure(putOp())
            .addFailure(nested(putOp()))
            .build();
    assertEquals(260, Costs.of(putOp().getRequestPut()));
    assertEquals(520, Costs.of(txn));
    assertEquals(64, Costs.LEASE_BYTES);
  }

  @Test
  @DisplayName("83: while data may be wrong, nothing is answered but alarms")
  void corruptRefusesEverything() {
    alarm(AlarmAction.ACTIVATE, 5, AlarmType.CORRUPT);
    for (Proposal.Builder proposal :
        List.of(put("a", "1"), delete("a"), compaction(1), txn(putOp()))) {
      assertEquals(Optional.of(ErrorCode.CORRUPT), store.refusal(proposal));
    }
    assertEquals(
        ErrorCode.CORRUPT,
        assertThrows(
                MetastoreException.class, () -> Admission.checkRead(store.stateMachine().state()))
            .code());
  }

  @Test
  @DisplayName("82: at the quota nothing more is let through, until the store is smaller")
  void theQuotaCountsWhatItLetsThrough() {
    AtomicLong size = new AtomicLong(400);
    AtomicLong asked = new AtomicLong();
    AtomicLong now = new AtomicLong();
    Quota quota =
        new Quota(
            1000,
            () -> {
              asked.incrementAndGet();
              return size.get();
            },
            now::get);
    assertTrue(quota.admits(300));
    size.set(700);
    assertTrue(quota.admits(100));
    assertEquals(1, asked.get(), "the size is not asked for at each command");
    assertFalse(quota.admits(300), "700 + 300 reaches the quota");
    assertTrue(quota.admits(0), "what costs nothing is let through");
    size.set(100);
    assertTrue(quota.admits(300), "none is refused for a size that is out of date");
    now.addAndGet(100_000_000);
    assertTrue(quota.admits(800), "what was let through is in the store by now");
    assertTrue(quota.hasRoomAgain());
    size.set(900);
    assertFalse(quota.hasRoomAgain());
  }

  @Test
  @DisplayName("87: a quota of 0 is 2 GiB, a negative one none")
  void theDefaultQuotaIsEtcds() {
    assertEquals(2L << 30, new Quota(0, () -> 0, () -> 0).bytes());
    assertTrue(new Quota(-1, () -> Long.MAX_VALUE, () -> 0).admits(Long.MAX_VALUE));
  }
}
