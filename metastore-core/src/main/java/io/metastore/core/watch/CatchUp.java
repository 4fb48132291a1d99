package io.metastore.core.watch;

import io.metastore.core.apply.PublishedViews;
import io.metastore.core.message.Event;
import io.metastore.core.mvcc.ChangeLog;
import io.metastore.core.mvcc.KeyEvent;
import io.metastore.core.mvcc.PublishedView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The catch-up thread: reads history for watches that are behind, in rounds. A round takes the
 * watches at the front of the line, sorts them by where they are, and reads one stretch of history
 * for all that it helps; each watch gets a stretch in each round and then goes to the end of the
 * line, so a watch far behind holds up nobody.
 *
 * <pre>
 *   in line         w1 at 5     w2 at 900    w3 at 40 000   w4 at 7
 *   first stretch   5 … 1004:   w1, w4 from 7 on, w2 from 900 on
 *   second stretch  40 000 … 41 000: w3
 * </pre>
 */
final class CatchUp {
  /** Revisions in one response, and so in a stretch, as in etcd. */
  private static final int STRETCH_MAX = 1000;

  /** A stretch ends at the revision at which this much was read for watches. */
  private static final long STRETCH_BYTES_MAX = 4L << 20;

  private static final int ROUND_MAX = 1024;

  private final PublishedViews views;
  private final WatchHub hub;
  private final BlockingQueue<Watch> line = new LinkedBlockingQueue<>();

  CatchUp(PublishedViews views, WatchHub hub) {
    this.views = views;
    this.hub = hub;
  }

  /** Puts a lagging watch in line. */
  void add(Watch watch) {
    line.add(watch);
  }

  /** Runs until interrupted. */
  void run() throws InterruptedException {
    List<Watch> round = new ArrayList<>();
    while (true) {
      round.clear();
      round.add(line.take());
      line.drainTo(round, ROUND_MAX - 1);
      List<Behind> behind = new ArrayList<>(round.size());
      for (Watch watch : round) {
        long at = watch.stream().positionOf(watch);
        if (at >= 0) {
          behind.add(new Behind(watch, at));
        }
      }
      behind.sort(Comparator.comparingLong(b -> b.at));
      int done = 0;
      while (done < behind.size()) {
        done += step(behind.subList(done, behind.size()));
      }
    }
  }

  /** Serves the first watches of a sorted list; returns how many. */
  private int step(List<Behind> behind) {
    try (PublishedView view = views.acquire()) {
      Behind first = behind.getFirst();
      if (first.at < view.compactedRevision()) {
        first.watch.stream().compacted(first.watch, view.compactedRevision());
        return 1;
      }
      if (first.at > view.revisionToRead()) {
        hub.post(new HubMessage.Arrived(first.watch, view.revisionToRead()));
        return 1;
      }
      return stretch(view, behind);
    }
  }

  private int stretch(PublishedView view, List<Behind> behind) {
    ChangeLog.Stretch read = ChangeLog.read(view, behind.getFirst().at, STRETCH_MAX);
    SubscriberIndex index = new SubscriberIndex();
    int helped = 0;
    while (helped < behind.size() && behind.get(helped).at <= read.through()) {
      index.add(behind.get(helped));
      helped++;
    }
    Matching matching = new Matching(index);
    long through = read.through();
    long at = behind.getFirst().at;
    for (KeyEvent event : read.events()) {
      long revision = event.revision().main();
      // Between revisions only: one is never divided.
      if (revision > at && matching.bytes() >= STRETCH_BYTES_MAX) {
        through = at;
        break;
      }
      at = revision;
      matching.add(event);
    }
    int served = 0;
    while (served < helped && behind.get(served).at <= through) {
      offer(view, behind.get(served), through, matching);
      served++;
    }
    // What the stretch was cut before is read again, into an index of its own.
    for (int i = served; i < helped; i++) {
      behind.set(i, behind.get(i).anew());
    }
    return served;
  }

  private void offer(PublishedView view, Behind behind, long through, Matching matching) {
    Watch watch = behind.watch;
    List<Event> events = behind.taken();
    Caught caught =
        watch.stream()
            .offerHistory(
                watch,
                behind.at,
                through,
                view.revisionToRead(),
                events,
                matching.charge(events.size()));
    switch (caught) {
      case ADVANCED -> {
        if (through >= view.revisionToRead()) {
          hub.post(new HubMessage.Arrived(watch, view.revisionToRead()));
        } else {
          line.add(watch);
        }
      }
      case MOVED -> line.add(watch);
      case GONE -> {}
    }
  }

  /** A watch of the round, in the round's own index. */
  private static final class Behind extends Subscriber {
    private final Watch watch;
    private final long at;

    Behind(Watch watch, long at) {
      super(watch.from(), watch.to());
      this.watch = watch;
      this.at = at;
    }

    /** The same, in no index and with no events. */
    Behind anew() {
      return new Behind(watch, at);
    }

    @Override
    boolean wants(KeyEvent event) {
      return event.revision().main() >= at && watch.passes(event);
    }

    @Override
    boolean wantsPrevious() {
      return watch.wantsPrevious();
    }

    @Override
    Watch watch() {
      return watch;
    }
  }
}
