package io.metastore.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.protobuf.ByteString;
import io.metastore.core.message.AlarmResponse;
import io.metastore.core.message.DeleteRangeResponse;
import io.metastore.core.message.Event;
import io.metastore.core.message.HashKVResponse;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.LeaseLeasesResponse;
import io.metastore.core.message.LeaseStatus;
import io.metastore.core.message.LeaseTimeToLiveResponse;
import io.metastore.core.message.PutResponse;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.message.ResponseOp;
import io.metastore.core.message.TxnResponse;
import io.metastore.testkit.model.Answer;
import io.metastore.testkit.model.Command;
import io.metastore.testkit.model.KeyEvent;
import io.metastore.testkit.model.KeyState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Core's responses as answers of the model. */
public final class Answers {
  private Answers() {}

  static String text(ByteString bytes) {
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  /** The revision of a header that is complete, as those of whole responses are. */
  static long revision(ResponseHeader header) {
    assertNotEquals(0, header.getClusterId(), "no cluster in a header");
    assertNotEquals(0, header.getMemberId(), "no member in a header");
    assertNotEquals(0, header.getRaftTerm(), "no term in a header");
    return header.getRevision();
  }

  /** The revision of a header within a transaction, which has nothing else. */
  private static long nested(boolean present, ResponseHeader header) {
    assertEquals(true, present, "a header is missing");
    assertEquals(
        ResponseHeader.newBuilder().setRevision(header.getRevision()).build(),
        header,
        "a nested header");
    return header.getRevision();
  }

  static Answer of(long revision, RangeResponse response) {
    return new Answer.Found(
        revision, states(response.getKvsList()), response.getMore(), response.getCount());
  }

  static Answer of(long revision, PutResponse response) {
    return new Answer.Stored(
        revision,
        response.hasPrevKv() ? Optional.of(state(response.getPrevKv())) : Optional.empty());
  }

  static Answer of(long revision, DeleteRangeResponse response) {
    return new Answer.Deleted(revision, response.getDeleted(), states(response.getPrevKvsList()));
  }

  static Answer of(long revision, TxnResponse response) {
    return new Answer.Ran(
        revision,
        response.getSucceeded(),
        response.getResponsesList().stream().map(Answers::of).toList());
  }

  private static Answer of(ResponseOp op) {
    return switch (op.getResponseCase()) {
      case RESPONSE_RANGE -> {
        RangeResponse range = op.getResponseRange();
        yield of(nested(range.hasHeader(), range.getHeader()), range);
      }
      case RESPONSE_PUT -> {
        PutResponse put = op.getResponsePut();
        yield of(nested(put.hasHeader(), put.getHeader()), put);
      }
      case RESPONSE_DELETE_RANGE -> {
        DeleteRangeResponse delete = op.getResponseDeleteRange();
        yield of(nested(delete.hasHeader(), delete.getHeader()), delete);
      }
      case RESPONSE_TXN -> {
        TxnResponse txn = op.getResponseTxn();
        yield of(nested(txn.hasHeader(), txn.getHeader()), txn);
      }
      case RESPONSE_NOT_SET -> throw new AssertionError("an operation has no response");
    };
  }

  static Answer of(HashKVResponse response) {
    return new Answer.Hashed(
        revision(response.getHeader()),
        response.getHash(),
        response.getCompactRevision(),
        response.getHashRevision());
  }

  static Answer of(AlarmResponse response) {
    return new Answer.Alarmed(
        revision(response.getHeader()),
        response.getAlarmsList().stream()
            .map(
                alarm ->
                    new Command.Alarm(
                        Command.AlarmKind.valueOf(alarm.getAlarm().name()), alarm.getMemberID()))
            .toList());
  }

  static Answer of(LeaseGrantResponse response) {
    assertEquals("", response.getError());
    return new Answer.Granted(revision(response.getHeader()), response.getID(), response.getTTL());
  }

  /** What is left of the TTL is the clock's to say; here it does not run. */
  static Answer of(LeaseTimeToLiveResponse response) {
    long ttl = response.getTTL() < 0 ? response.getTTL() : response.getGrantedTTL();
    return new Answer.Leased(
        revision(response.getHeader()),
        response.getID(),
        ttl,
        response.getKeysList().stream().map(Answers::text).toList());
  }

  static Answer of(LeaseLeasesResponse response) {
    return new Answer.Leases(
        revision(response.getHeader()),
        response.getLeasesList().stream().map(LeaseStatus::getID).sorted().toList());
  }

  /** An event as the model has it. */
  public static KeyEvent event(Event event) {
    return new KeyEvent(
        event.getType() == Event.EventType.PUT,
        state(event.getKv()),
        event.hasPrevKv() ? Optional.of(state(event.getPrevKv())) : Optional.empty());
  }

  private static List<KeyState> states(List<KeyValue> kvs) {
    return kvs.stream().map(Answers::state).toList();
  }

  private static KeyState state(KeyValue kv) {
    return new KeyState(
        text(kv.getKey()),
        text(kv.getValue()),
        kv.getCreateRevision(),
        kv.getModRevision(),
        kv.getVersion(),
        kv.getLease());
  }
}
