package io.metastore.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.CodedInputStream;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.apply.EntryCodec;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.TxnRequest;
import io.metastore.core.message.TxnResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions deep in one another: whoever takes one in, others must be able to read it. */
final class NestingTest {
  /** Half of what threads have by default: nothing may need more. */
  private static final long STACK_BYTES = 512 << 10;

  @TempDir Path ownDirectory;
  @TempDir Path otherDirectory;

  /** Transactions in one another, each with conditions; the innermost puts {@code deep}. */
  private static TxnRequest txns(int count) {
    TxnRequest.Builder txn = Ops.txn(Ops.put("deep", "value"));
    for (int i = 1; i < count; i++) {
      txn = Ops.txn(Ops.nested(txn)).addCompare(Ops.isAbsent("deep"));
    }
    return txn.build();
  }

  private static TxnResponse innermost(TxnResponse response) {
    TxnResponse inner = response;
    while (inner.getResponses(0).hasResponseTxn()) {
      inner = inner.getResponses(0).getResponseTxn();
    }
    return inner;
  }

  private static void runWithSmallStack(Runnable run) throws Exception {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                run.run();
                done.complete(null);
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            },
            "small-stack",
            STACK_BYTES);
    thread.start();
    done.get();
  }

  @ParameterizedTest
  @ValueSource(ints = {48, 49, 50, 51, 100, 128, 129, Nesting.TXNS_MAX})
  @DisplayName("12: nested as deep as it is taken in, a transaction is read from the log again")
  void whatIsTakenInIsReadFromTheLog(int count) throws Exception {
    runWithSmallStack(
        () -> {
          // Read as a server does, checked, and applied by its maker and by a member that has it
          // from the log.
          TxnRequest request = reread(txns(count));
          TxnRequests.check(request, Integer.MAX_VALUE);
          Proposal.Builder proposal = Proposal.newBuilder().setTxn(request);
          try (StoreUnderTest own = StoreUnderTest.open("memory", ownDirectory);
              StoreUnderTest other = StoreUnderTest.open("memory", otherDirectory)) {
            TxnResponse response = ((TxnResponse.Builder) own.done(proposal)).build();
            assertTrue(innermost(response).getResponses(0).hasResponsePut());
            other.follow(proposal);
            assertEquals(own.all(0), other.all(0));
            assertEquals(1, other.all(0).getKvsCount());
          }
        });
  }

  private static TxnRequest reread(TxnRequest request) {
    CodedInputStream in = CodedInputStream.newInstance(request.toByteArray());
    in.setRecursionLimit(Nesting.REQUEST_MESSAGES_MAX);
    try {
      return TxnRequest.parseFrom(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("10: transactions in one another are too many operations, however many are allowed")
  void deeperIsRefused() {
    TxnRequests.check(txns(Nesting.TXNS_MAX), Integer.MAX_VALUE);
    MetastoreException refusal =
        assertThrows(
            MetastoreException.class,
            () -> TxnRequests.check(txns(Nesting.TXNS_MAX + 1), Integer.MAX_VALUE));
    assertEquals(ErrorCode.TOO_MANY_OPS, refusal.code());
  }

  @Test
  void virtualThreadsHaveTheStackForIt() throws Exception {
    TxnRequest request = txns(Nesting.TXNS_MAX);
    CompletableFuture<List<Proposal>> read = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            TxnRequests.check(reread(request), Integer.MAX_VALUE);
            byte[] entry =
                EntryCodec.encode(
                    new EntryCodec.Header(1, 1),
                    List.of(Proposal.newBuilder().setTxn(request).build()));
            read.complete(EntryCodec.proposals(ByteBuffer.wrap(entry)));
          } catch (Throwable e) {
            read.completeExceptionally(e);
          }
        });
    assertEquals(request, read.get().getFirst().getTxn());
  }
}
