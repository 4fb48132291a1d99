package io.metastore.core.mvcc;

import static io.metastore.core.Ops.delete;
import static io.metastore.core.Ops.nested;
import static io.metastore.core.Ops.txn;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.core.Ops;
import io.metastore.core.Texts;
import io.metastore.core.message.LeaseGrantRequest;
import io.metastore.core.message.LeaseRevokeRequest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.PutRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands count for, each operation of a transaction too. */
final class OperationCountsTest {
  @TempDir Path directory;
  private DrainedStore store;

  @BeforeEach
  void open() throws IOException {
    store = new DrainedStore(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void counts(long ranges, long puts, long putBytes, long deletes, long txns) {
    Map<String, Long> counts = store.counts().statistics();
    assertEquals(ranges, counts.get("ranges"));
    assertEquals(puts, counts.get("puts"));
    assertEquals(putBytes, counts.get("put_bytes"));
    assertEquals(deletes, counts.get("deletes"));
    assertEquals(txns, counts.get("txns"));
  }

  @Test
  void putsAndDeletesCountAsTheyAre() {
    store.drain(Texts.put("ab", "123"), Texts.put("c", ""), Texts.delete("missing"));
    counts(0, 2, 6, 1, 0);
    store.delete(Texts.delete("a", "z"));
    counts(0, 2, 6, 2, 0);
  }

  @Test
  void aTransactionCountsWhatItRunsAndIsOneWhenThatIsMoreThanOne() {
    store.txn(txn(Ops.put("a", "1")));
    counts(0, 1, 2, 0, 0);
    store.txn(
        txn(
            Ops.put("b", "1"),
            nested(txn(Ops.range(Texts.range("a")), delete("a"))),
            Ops.range(Texts.range("b"))));
    counts(2, 2, 4, 1, 1);
    store.txn(txn());
    counts(2, 2, 4, 1, 1);
  }

  @Test
  void whatIsRefusedCountsForNothing() {
    store.drain(Texts.put(PutRequest.newBuilder().setKey(Texts.bytes("a")).setIgnoreValue(true)));
    store.run(
        txn(
            Ops.put("b", "1"),
            Ops.range(Texts.range("a")),
            Ops.put(PutRequest.newBuilder().setKey(Texts.bytes("c")).setLease(77))));
    counts(0, 0, 0, 0, 0);
  }

  @Test
  void aLeaseThatIsRevokedDeletesKeyByKey() {
    store.drain(
        Proposal.newBuilder().setLeaseGrant(LeaseGrantRequest.newBuilder().setID(7)).build());
    store.drain(Texts.put(PutRequest.newBuilder().setKey(Texts.bytes("a")).setLease(7)));
    store.drain(Texts.put(PutRequest.newBuilder().setKey(Texts.bytes("b")).setLease(7)));
    store.drain(
        Proposal.newBuilder().setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(7)).build());
    counts(0, 2, 2, 2, 1);
  }
}
