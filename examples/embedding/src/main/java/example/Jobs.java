package example;

import io.metastore.api.Compare;
import io.metastore.api.KeyValue;
import io.metastore.api.Keys;
import io.metastore.api.Lease;
import io.metastore.api.Lock;
import io.metastore.api.Metastore;
import io.metastore.api.OpenOptions;
import io.metastore.api.Put;
import io.metastore.api.Range;
import io.metastore.api.Txn;
import io.metastore.api.TxnResult;
import io.metastore.api.Watch;
import io.metastore.api.WatchEvent;
import io.metastore.api.WatchOptions;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Jobs that workers take, each once: with a directory as its argument in a store of its own, with
 * URLs in the one that these servers have.
 */
public final class Jobs {
  private Jobs() {}

  public static void main(String[] arguments) {
    try (Metastore store = open(arguments)) {
      run(store);
    }
  }

  private static Metastore open(String[] arguments) {
    return arguments[0].startsWith("http")
        ? Metastore.connect(arguments)
        : Metastore.open(OpenOptions.at(Path.of(arguments[0])));
  }

  static void run(Metastore store) {
    long start = store.status().revision();

    // Create a key only if it is not there.
    TxnResult added =
        store.txn(
            Txn.when(Compare.missing("/jobs/1"))
                .then(Put.of("/jobs/1", "new"))
                .otherwise(Range.of("/jobs/1")));
    System.out.println(added.succeeded() ? "added /jobs/1" : "/jobs/1 was there");
    long revision = store.put("/jobs/2", "new").revision();

    // A worker is there for as long as its lease is.
    try (Lease lease = store.lease(Duration.ofSeconds(10))) {
      store.put(Put.of("/workers/me", "").withLease(lease));

      // One worker at a time; nothing happens in the name of one that has lost the lock.
      try (Lock.Held lock = store.lock("/locks/jobs").acquire(lease)) {
        store.stream(Range.of(Keys.prefix("/jobs/")))
            .forEach(
                job -> store.txn(Txn.when(lock.stillHeld()).then(Put.of(job.keyText(), "done"))));
      }
    }

    // What happened, from a revision of the past on.
    try (Watch watch = store.watch(WatchOptions.of(Keys.prefix("/jobs/")).from(start + 1))) {
      for (WatchEvent event = watch.next(); ; event = watch.next()) {
        if (event instanceof WatchEvent.Stored stored) {
          System.out.println(stored.entry().keyText() + " = " + stored.entry().valueText());
        }
        if (event.revision() > revision && event.key().utf8().equals("/jobs/2")) {
          break;
        }
      }
    }

    // The past can still be read.
    KeyValue before = store.range(Range.of("/jobs/2").at(revision)).first().orElseThrow();
    System.out.println("/jobs/2 was " + before.valueText());
  }
}
