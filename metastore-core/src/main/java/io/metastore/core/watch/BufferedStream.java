package io.metastore.core.watch;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.Event;
import io.metastore.core.message.WatchRequest;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A client's stream: its watches and what waits to be sent to it, bounded in bytes. Events that
 * find no room are refused, their watches parked, and read from the store when the client goes on.
 *
 * <p>Thread-safe; the lock is held for short work only and never while sending.
 */
final class BufferedStream implements ServedWatchStream {
  private static final long PROGRESS_OF_ALL = -1;

  /** Answers that may wait before no more requests are taken. */
  private static final int ANSWERS_MAX = 128;

  /** Responses sent in one turn, before other streams have theirs. */
  private static final int TURN_MAX = 256;

  private final WatchHub hub;
  private final WatchReceiver receiver;

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock, as are all fields below.
  private final StreamWatches watches = new StreamWatches();
  private final Outbox outbox;
  private final StreamRequests requests;
  private long sent;
  private boolean scheduled;
  private boolean askedForMore = true;
  // The client took nothing for long: it is given nothing until it does.
  private boolean stalled;
  private boolean watchedForStall;
  private boolean closed;
  private @Nullable ErrorCode ending;

  BufferedStream(WatchHub hub, WatchReceiver receiver) {
    this.hub = hub;
    this.receiver = receiver;
    this.outbox = new Outbox(hub);
    this.requests = new StreamRequests(hub, this, watches, outbox);
  }

  // Requests.

  @Override
  public void request(WatchRequest request, String refusal) {
    lock.lock();
    try {
      if (isOver()) {
        return;
      }
      askedForMore = false;
      switch (request.getRequestUnionCase()) {
        case CREATE_REQUEST -> requests.create(request.getCreateRequest(), refusal);
        case CANCEL_REQUEST -> requests.cancel(request.getCancelRequest().getWatchId());
        case PROGRESS_REQUEST -> hub.post(new HubMessage.ProgressAsked(this));
        // As etcd: a request that says nothing is passed over.
        case REQUESTUNION_NOT_SET -> {}
      }
      schedule();
    } finally {
      lock.unlock();
    }
  }

  // Offers, by the hub's thread and the catch-up thread.

  /**
   * Events of a synced watch, which is parked when there is no room.
   *
   * @param from the first revision of the batch
   * @return false when the watch is synced no longer
   */
  boolean offerLive(Watch watch, long from, long revision, List<Event> events, int charge) {
    lock.lock();
    try {
      if (watch.state != Watch.State.SYNCED) {
        return false;
      }
      if (!hasRoom(charge)) {
        watch.next = Math.max(from, watch.next);
        watches.park(watch);
        return false;
      }
      give(new Outgoing.Events(watch, Math.max(from, watch.next), revision, events, charge));
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The last events that keep a watch from being synced, which may be none.
   *
   * @param position of the hub
   * @return true when the watch is synced, false when it is parked or over
   */
  boolean sync(Watch watch, long position, List<Event> events, int charge) {
    lock.lock();
    try {
      if (watch.state != Watch.State.LAGGING) {
        return false;
      }
      if (!events.isEmpty()) {
        if (!hasRoom(charge)) {
          watches.park(watch);
          return false;
        }
        give(new Outgoing.Events(watch, watch.next, position, events, charge));
      }
      watch.sync(position);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** All events of a lagging watch from one revision to another, which may be none. */
  Caught offerHistory(
      Watch watch, long from, long through, long revision, List<Event> events, int charge) {
    lock.lock();
    try {
      if (watch.state != Watch.State.LAGGING) {
        return Caught.GONE;
      }
      if (watch.next != from) {
        return Caught.MOVED;
      }
      if (!events.isEmpty()) {
        if (!hasRoom(charge)) {
          watches.park(watch);
          return Caught.GONE;
        }
        give(new Outgoing.Events(watch, from, revision, events, charge));
      }
      watch.advance(through);
      return Caught.ADVANCED;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(int charge) {
    return !stalled && !isOver() && outbox.hasRoom(charge);
  }

  private void give(Outgoing.Events events) {
    outbox.add(events);
    events.watch().busy();
    schedule();
  }

  /** Where a lagging watch goes on, or -1 when it is lagging no longer. */
  long positionOf(Watch watch) {
    lock.lock();
    try {
      return watch.state == Watch.State.LAGGING ? watch.next : -1;
    } finally {
      lock.unlock();
    }
  }

  /** A synced watch has missed what follows a position of the hub. */
  void lag(Watch watch, long position) {
    lock.lock();
    try {
      if (watch.state == Watch.State.SYNCED) {
        watch.state = Watch.State.LAGGING;
        watch.next = Math.max(watch.next, position + 1);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends a watch that needs revisions which are gone. */
  void compacted(Watch watch, long compactedRevision) {
    lock.lock();
    try {
      if (watch.state == Watch.State.LAGGING && !isOver()) {
        requests.cancelCompacted(watch, compactedRevision);
        schedule();
      }
    } finally {
      lock.unlock();
    }
  }

  // Progress, by the hub's thread.

  /** Tells the client once that all watches have had all up to a position, if they have. */
  void progressOfAll(long position) {
    lock.lock();
    try {
      if (watches.areAt(position)) {
        progress(position, PROGRESS_OF_ALL);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Tells the client of every quiet watch that asked for it.
   *
   * @return false when none did: not to be called again until one does
   */
  boolean progressOfQuiet(long position) {
    lock.lock();
    try {
      return watches.quiet(position, id -> progress(position, id)) && !isOver();
    } finally {
      lock.unlock();
    }
  }

  private void progress(long position, long watchId) {
    // Notices must not pile up before a client that takes nothing.
    if (!isOver() && !stalled && (outbox.size() == 0 || receiver.ready())) {
      outbox.add(new Outgoing.Progress(position, watchId));
      schedule();
    }
  }

  // Sending, by the sender tasks.

  @Override
  public void ready() {
    lock.lock();
    try {
      schedule();
    } finally {
      lock.unlock();
    }
  }

  private void schedule() {
    if (!scheduled && !closed) {
      scheduled = true;
      hub.send(this);
    }
  }

  /** Sends what the receiver takes; called by one sender task at a time. */
  void drain() {
    for (int turn = 0; turn < TURN_MAX; turn++) {
      Outgoing out = poll();
      if (out == null) {
        return;
      }
      out.send(hub.headers(), hub.options().responseBytesMax(), receiver::send);
      hub.eventsSent(out.eventCount());
    }
    hub.send(this);
  }

  /** The next thing to send; null when this turn is over. */
  private @Nullable Outgoing poll() {
    lock.lock();
    try {
      ErrorCode reason = ending;
      if (reason != null && !closed) {
        forget();
        receiver.end(reason);
      }
      if (closed) {
        scheduled = false;
        return null;
      }
      if (!askedForMore && outbox.size() < ANSWERS_MAX) {
        askedForMore = true;
        receiver.more();
      }
      if (receiver.ready()) {
        Outgoing out = outbox.poll();
        if (out != null) {
          sent++;
          return out;
        }
      }
      turnOver();
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void turnOver() {
    scheduled = false;
    if (outbox.size() > 0) {
      if (!watchedForStall) {
        watchedForStall = true;
        hub.post(new HubMessage.Backlogged(this, sent));
      }
      return;
    }
    if (receiver.ready()) {
      stalled = false;
      if (watches.hasParked()) {
        hub.post(new HubMessage.Resumed(this, hub.latest()));
      }
    }
  }

  /** Takes the watches that waited for this stream; they are lagging from now on. */
  List<Watch> resume() {
    lock.lock();
    try {
      return watches.resume();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Looks after a stream that had something waiting: if it has sent nothing since then, what waits
   * is dropped but for answers, and its watches go back to where they were.
   *
   * @param sentThen what was sent when it was looked after last
   * @param unsynced receives the watches that are synced no longer
   * @return how much was sent, or -1 when nothing waits any longer
   */
  long lookAfter(long sentThen, List<Watch> unsynced) {
    lock.lock();
    try {
      if (closed || outbox.size() == 0) {
        watchedForStall = false;
        return -1;
      }
      if (sent != sentThen || receiver.ready()) {
        return sent;
      }
      watchedForStall = false;
      stalled = true;
      outbox.dropAllEvents(events -> goBack(events, unsynced));
      return -1;
    } finally {
      lock.unlock();
    }
  }

  private void goBack(Outgoing.Events events, List<Watch> unsynced) {
    Watch watch = events.watch();
    switch (watch.state) {
      case SYNCED -> {
        watch.next = events.from();
        watches.park(watch);
        unsynced.add(watch);
      }
      case LAGGING, PARKED -> watch.next = Math.min(watch.next, events.from());
      case CANCELED -> {}
    }
  }

  // The end.

  @Override
  public void end(ErrorCode reason) {
    lock.lock();
    try {
      if (!isOver()) {
        ending = reason;
        schedule();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (!closed) {
        forget();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isOver() {
    return closed || ending != null;
  }

  private void forget() {
    closed = true;
    outbox.clear();
    List<Watch> gone = watches.cancelAll();
    hub.watchesRemoved(gone.size());
    hub.streamClosed(this, gone);
  }
}
