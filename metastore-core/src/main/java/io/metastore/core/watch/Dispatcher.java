package io.metastore.core.watch;

import io.metastore.core.apply.PublishedViews;
import io.metastore.core.message.Event;
import io.metastore.core.mvcc.ChangeLog;
import io.metastore.core.mvcc.KeyEvent;
import io.metastore.core.mvcc.PublishedView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The hub's thread: takes the mailbox, offers changes to synced watches, and decides who is synced.
 *
 * <p>Its position is the revision up to which synced watches have been offered everything. When the
 * mailbox has a gap behind it, because it was too full or a snapshot was installed, the missing
 * revisions are read from the store; after a wide gap every watch catches up on its own.
 */
final class Dispatcher {
  /** Revisions that are read at once. */
  private static final int STRETCH_MAX = 1000;

  /** A gap that is wider is left to the catch-up thread. */
  private static final long GAP_MAX = 16L * STRETCH_MAX;

  private final WatchHub hub;
  private final CatchUp catchUp;
  private final PublishedViews views;
  private final SubscriberIndex synced = new SubscriberIndex();
  private final RecentChanges recent;
  private final Timers timers;
  private long position;
  private volatile int syncedCount;

  Dispatcher(WatchHub hub, CatchUp catchUp, PublishedViews views, long position) {
    this.hub = hub;
    this.catchUp = catchUp;
    this.views = views;
    this.position = position;
    recent = new RecentChanges(position + 1);
    timers = new Timers(hub.options());
  }

  /** How many watches are synced; a moment old. */
  int syncedCount() {
    return syncedCount;
  }

  /** Runs until interrupted. */
  void run() throws InterruptedException {
    while (true) {
      // Read first: what is published up to here is in the mailbox by now, or was dropped.
      long latest = hub.latest();
      HubMessage message =
          isBehind(latest)
              ? hub.mailbox().poll()
              : hub.mailbox().poll(timers.untilNextNanos(), TimeUnit.NANOSECONDS);
      while (message != null) {
        handle(message);
        message = hub.mailbox().poll();
      }
      if (isBehind(latest)) {
        readGap(latest);
      }
      timers.run(position, this::unsync);
      syncedCount = synced.size();
    }
  }

  private boolean isBehind(long latest) {
    return position < latest && synced.size() > 0;
  }

  private void handle(HubMessage message) {
    switch (message) {
      case HubMessage.Published published -> publish(published);
      case HubMessage.Arrived arrived -> arrive(arrived.watch(), arrived.published());
      case HubMessage.Left left -> synced.remove(left.watch());
      case HubMessage.Closed closed -> closed.watches().forEach(synced::remove);
      case HubMessage.Resumed resumed ->
          resumed.stream().resume().forEach(watch -> arrive(watch, resumed.published()));
      case HubMessage.Backlogged backlogged ->
          timers.lookAfter(backlogged.stream(), backlogged.sent());
      case HubMessage.ProgressAsked asked -> asked.stream().progressOfAll(position);
      case HubMessage.WantsProgress wants -> timers.notify(wants.stream());
    }
  }

  private void publish(HubMessage.Published published) {
    hub.taken(published);
    if (published.from() > position + 1) {
      readGap(published.from() - 1);
    }
    if (published.through() <= position) {
      return;
    }
    List<KeyEvent> events = new ArrayList<>(published.changes().size());
    published.changes().stream()
        .filter(change -> change.revision().main() > position)
        .map(KeyEvent::of)
        .forEach(events::add);
    offer(events, published.through(), published.through());
    recent.add(published.through(), events, published.bytes());
  }

  /** Offers what follows the position, up to a revision. */
  private void offer(List<KeyEvent> events, long through, long revision) {
    Matching matching = new Matching(synced);
    events.forEach(matching::add);
    long from = position + 1;
    for (Subscriber subscriber : matching.touched()) {
      Watch watch = subscriber.watch();
      List<Event> taken = watch.taken();
      int charge = matching.charge(taken.size());
      if (!watch.stream().offerLive(watch, from, revision, taken, charge)) {
        unsync(watch);
      }
    }
    position = through;
  }

  private void unsync(Watch watch) {
    synced.remove(watch);
  }

  /** Goes on to a revision that the mailbox will not bring. */
  private void readGap(long through) {
    if (synced.size() > 0 && through - position <= GAP_MAX) {
      try (PublishedView view = views.acquire()) {
        if (position + 1 >= view.compactedRevision()) {
          while (position < through) {
            ChangeLog.Stretch stretch = ChangeLog.read(view, position + 1, STRETCH_MAX);
            offer(stretch.events(), stretch.through(), view.revisionToRead());
          }
        }
      }
    }
    if (position < through) {
      synced.clear(subscriber -> lag(subscriber.watch()));
      position = through;
    }
    recent.restart(position + 1);
  }

  private void lag(Watch watch) {
    watch.stream().lag(watch, position);
    catchUp.add(watch);
  }

  /**
   * Syncs a lagging watch if little is missing.
   *
   * @param published a revision behind which the mailbox brings everything, or has a gap to be read
   */
  private void arrive(Watch watch, long published) {
    long next = watch.stream().positionOf(watch);
    if (next < 0) {
      return;
    }
    if (synced.size() == 0 && position < published) {
      // With nobody to serve the position was left where it was.
      position = published;
      recent.restart(position + 1);
    }
    if (next <= position && !recent.reachesBackTo(next)) {
      catchUp.add(watch);
      return;
    }
    List<Event> missed = new ArrayList<>();
    long bytes = 0;
    if (next <= position) {
      for (KeyEvent event : recent.events(watch)) {
        Event message = event.message(watch.wantsPrevious());
        missed.add(message);
        bytes += message.getSerializedSize();
      }
    }
    int charge = (int) Math.min(Integer.MAX_VALUE, bytes);
    if (watch.stream().sync(watch, position, missed, charge)) {
      synced.add(watch);
    }
  }
}
