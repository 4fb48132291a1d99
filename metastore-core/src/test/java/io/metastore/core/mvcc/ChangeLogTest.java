package io.metastore.core.mvcc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.core.StoreUnderTest;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.RequestOp;
import io.metastore.core.message.TxnRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** History that is stored in pages is read from and to any revision. */
final class ChangeLogTest {
  /** So long that some ten changes fill a page. */
  private static final String LONG = "k".repeat(LogPage.BYTES_MAX / 12);

  @TempDir private Path directory;

  private StoreUnderTest store;
  // Main revision and key of every change.
  private final List<String> changes = new ArrayList<>();
  private long head = 1;

  @BeforeEach
  void write() {
    store = StoreUnderTest.open("memory", directory);
    putTogether("a", 3);
    putTogether(LONG, 25);
    putAtOnce("c" + LONG);
    putTogether("b", 2);
    putAtOnce("d" + LONG);
  }

  /** More than a page in one revision. */
  private void putAtOnce(String prefix) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    head++;
    for (int i = 0; i < 30; i++) {
      txn.addSuccess(
          RequestOp.newBuilder().setRequestPut(StoreUnderTest.put(prefix + i, "v").getPut()));
      changes.add(head + " " + prefix + i);
    }
    store.done(Proposal.newBuilder().setTxn(txn));
  }

  private void putTogether(String prefix, int keys) {
    List<Proposal> puts = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      puts.add(StoreUnderTest.put(prefix + i, "v").build());
      changes.add(++head + " " + prefix + i);
    }
    store.doneTogether(puts);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static long main(String change) {
    return Long.parseLong(change.substring(0, change.indexOf(' ')));
  }

  private static String describe(KeyEvent event) {
    return event.revision().main() + " " + new String(event.key(), StandardCharsets.UTF_8);
  }

  @Test
  void stretchesOfAnyLengthFromAnyRevisionHaveEveryChangeOnce() {
    try (PublishedView view = store.view()) {
      for (long from = 1; from <= head + 1; from++) {
        long first = from;
        List<String> expected = changes.stream().filter(c -> main(c) >= first).toList();
        for (int revisionsMax : new int[] {1, 4, 1000}) {
          List<String> read = new ArrayList<>();
          long at = from;
          while (at <= head) {
            ChangeLog.Stretch stretch = ChangeLog.read(view, at, revisionsMax);
            stretch.events().forEach(event -> read.add(describe(event)));
            at = stretch.through() + 1;
          }
          assertEquals(expected, read, "from " + from + " by " + revisionsMax);
        }
      }
    }
  }
}
