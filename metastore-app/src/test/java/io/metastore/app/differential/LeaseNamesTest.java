package io.metastore.app.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.google.protobuf.ByteString;
import io.metastore.core.message.DeleteRangeRequest;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseGrantResponse;
import io.metastore.core.message.PutRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LeaseNamesTest {
  private static final ByteString KEY = ByteString.copyFromUtf8("key");
  private static final long ID = 0x7587_8a6b_0000_0042L;

  private final LeaseNames names = new LeaseNames();

  @BeforeEach
  void serverPicksAnId() {
    LeaseGrantResponse granted = LeaseGrantResponse.newBuilder().setID(ID).setTTL(60).build();
    assertEquals(
        granted.toBuilder().setID(LeaseNames.FIRST).build(),
        names.told(LeaseGrantRequest.newBuilder().setTTL(60).build(), granted));
  }

  @Test
  void requestIsSentWithIdsWhereverTheyAre() {
    assertEquals(txn(put(ID)), names.sent(txn(put(LeaseNames.FIRST))));
  }

  @Test
  void responseIsToldWithNames() {
    assertEquals(
        keys(LeaseNames.FIRST, 7, 0), names.told(PutRequest.getDefaultInstance(), keys(ID, 7, 0)));
  }

  @Test
  void messageWithoutThemStaysAsItIs() {
    TxnRequest request = txn(put(0));
    RangeResponse response = keys(0, 7);
    assertSame(request, names.sent(request));
    assertSame(response, names.told(request, response));
  }

  @Test
  void refusalForSizeTellsTheSizeWithNames() {
    TxnRequest request = txn(put(LeaseNames.FIRST));
    int sent = names.sent(request).getSerializedSize();
    assertNotEquals(sent, request.getSerializedSize());
    assertEquals(
        "larger than max (" + request.getSerializedSize() + " vs. 30)",
        names.told(request, "larger than max (" + sent + " vs. 30)"));
    assertEquals("key not found", names.told(request, "key not found"));
  }

  private static PutRequest put(long lease) {
    return PutRequest.newBuilder().setKey(KEY).setLease(lease).build();
  }

  private static TxnRequest txn(PutRequest put) {
    TxnRequest.Builder inner =
        TxnRequest.newBuilder()
            .addSuccess(
                RequestOp.newBuilder()
                    .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(KEY)))
            .addSuccess(RequestOp.newBuilder().setRequestPut(put));
    return TxnRequest.newBuilder().addFailure(RequestOp.newBuilder().setRequestTxn(inner)).build();
  }

  private static RangeResponse keys(long... leases) {
    RangeResponse.Builder response = RangeResponse.newBuilder();
    for (long lease : leases) {
      response.addKvs(KeyValue.newBuilder().setKey(KEY).setLease(lease));
    }
    return response.build();
  }
}
