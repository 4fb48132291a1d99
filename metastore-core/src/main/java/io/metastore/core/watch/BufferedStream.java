package io.metastore.core.watch;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.Event;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.core.mvcc.StoreState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A client's stream: its watches and what waits to be sent to it, bounded in bytes. Events that
 * find no room are refused, their watches parked, and read from the store when the client goes on.
 *
 * <p>Thread-safe; the lock is held for short work only and never while sending.
 */
final class BufferedStream implements WatchStream {
  private static final long PROGRESS_OF_ALL = -1;
  private static final long NO_ID = -1;

  /** Answers that may wait before no more requests are taken. */
  private static final int ANSWERS_MAX = 128;

  /** Responses sent in one turn, before other streams have theirs. */
  private static final int TURN_MAX = 256;

  private static final String EMPTY_RANGE = "mvcc: watcher range is empty";
  private static final String DUPLICATE_ID = "mvcc: duplicate watch ID provided on the WatchStream";

  private final WatchHub hub;
  private final WatchReceiver receiver;

  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by lock, as are all fields below.
  private final WatchTable watches = new WatchTable();
  private @Nullable Deque<Outgoing> waiting;
  private @Nullable List<Watch> parked;
  private long waitingBytes;
  private long nextId;
  private long sent;
  private boolean scheduled;
  private boolean askedForMore = true;
  // The client took nothing for long: it is given nothing until it does.
  private boolean stalled;
  private boolean watchedForStall;
  private boolean notifies;
  private boolean closed;
  private @Nullable ErrorCode ending;

  BufferedStream(WatchHub hub, WatchReceiver receiver) {
    this.hub = hub;
    this.receiver = receiver;
  }

  // Requests.

  @Override
  public void request(WatchRequest request) {
    lock.lock();
    try {
      if (isOver()) {
        return;
      }
      askedForMore = false;
      switch (request.getRequestUnionCase()) {
        case CREATE_REQUEST -> create(request.getCreateRequest());
        case CANCEL_REQUEST -> cancel(request.getCancelRequest().getWatchId());
        case PROGRESS_REQUEST -> hub.post(new HubMessage.ProgressAsked(this));
        // As etcd: a request that says nothing is passed over.
        case REQUESTUNION_NOT_SET -> {}
      }
      schedule();
    } finally {
      lock.unlock();
    }
  }

  private void create(WatchCreateRequest request) {
    // Counted before the revision is read: from then on the hub is told of all that follows it.
    hub.watchAdded();
    StoreState store = hub.state();
    String refusal = refusal(request);
    if (!refusal.isEmpty()) {
      hub.watchesRemoved(1);
      answer(
          store.revision(),
          WatchResponse.newBuilder()
              .setWatchId(NO_ID)
              .setCreated(true)
              .setCanceled(true)
              .setCancelReason(refusal));
      return;
    }
    Watch watch = Watch.of(this, takeId(request.getWatchId()), request, store.revision());
    watches.add(watch);
    answer(store.revision(), WatchResponse.newBuilder().setWatchId(watch.id()).setCreated(true));
    if (watch.next < store.compactedRevision()) {
      cancelCompacted(watch, store.compactedRevision());
      return;
    }
    hub.post(new HubMessage.Arrived(watch, store.revision()));
    if (watch.notifiesProgress() && !notifies) {
      notifies = true;
      hub.post(new HubMessage.WantsProgress(this));
    }
  }

  private String refusal(WatchCreateRequest request) {
    if (request.getStartRevision() < 0) {
      return ErrorCode.COMPACTED.text();
    }
    if (Watch.isEmptyRange(request)) {
      return EMPTY_RANGE;
    }
    return request.getWatchId() != 0 && watches.find(request.getWatchId()) != null
        ? DUPLICATE_ID
        : "";
  }

  private long takeId(long asked) {
    if (asked != 0) {
      return asked;
    }
    while (watches.find(nextId) != null) {
      nextId++;
    }
    return nextId++;
  }

  private void cancel(long id) {
    Watch watch = watches.find(id);
    if (watch == null) {
      return;
    }
    watches.remove(id);
    if (watch.state != Watch.State.CANCELED) {
      watch.state = Watch.State.CANCELED;
      hub.watchesRemoved(1);
      hub.post(new HubMessage.Left(watch));
    }
    Deque<Outgoing> queue = waiting;
    if (queue != null) {
      queue.removeIf(out -> out instanceof Outgoing.Events events && dropOf(watch, events));
    }
    answer(hub.state().revision(), WatchResponse.newBuilder().setWatchId(id).setCanceled(true));
  }

  private boolean dropOf(Watch watch, Outgoing.Events events) {
    if (!events.watch().equals(watch)) {
      return false;
    }
    discharge(events);
    return true;
  }

  private void answer(long revision, WatchResponse.Builder response) {
    enqueue(new Outgoing.Control(revision, response.build()));
  }

  private void enqueue(Outgoing out) {
    Deque<Outgoing> queue = waiting;
    if (queue == null) {
      queue = new ArrayDeque<>(2);
      waiting = queue;
    }
    queue.addLast(out);
    waitingBytes += out.charge();
    hub.charge(out.charge());
  }

  private void discharge(Outgoing out) {
    waitingBytes -= out.charge();
    hub.charge(-out.charge());
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
        park(watch);
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
          park(watch);
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

  /** What became of an offer to a watch that catches up. */
  enum Caught {
    /** It has all up to the end of the stretch. */
    ADVANCED,
    /** It went back meanwhile: to be tried again. */
    MOVED,
    /** It is parked or over. */
    GONE
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
          park(watch);
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
    Deque<Outgoing> queue = waiting;
    // One entry always has room: the largest revision must get through.
    return !stalled
        && !isOver()
        && (queue == null
            || queue.isEmpty()
            || (waitingBytes + charge <= hub.options().streamBytesMax() && hub.hasRoom(charge)));
  }

  private void give(Outgoing.Events events) {
    enqueue(events);
    events.watch().busy();
    schedule();
  }

  private void park(Watch watch) {
    watch.state = Watch.State.PARKED;
    List<Watch> list = parked;
    if (list == null) {
      list = new ArrayList<>();
      parked = list;
    }
    list.add(watch);
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
        cancelCompacted(watch, compactedRevision);
        schedule();
      }
    } finally {
      lock.unlock();
    }
  }

  private void cancelCompacted(Watch watch, long compactedRevision) {
    watch.state = Watch.State.CANCELED;
    hub.watchesRemoved(1);
    // As in etcd: no revision in the header, no reason.
    answer(
        0,
        WatchResponse.newBuilder()
            .setWatchId(watch.id())
            .setCanceled(true)
            .setCompactRevision(compactedRevision));
  }

  // Progress, by the hub's thread.

  /** Tells the client once that all watches have had all up to a position, if they have. */
  void progressOfAll(long position) {
    lock.lock();
    try {
      boolean[] seen = new boolean[2];
      watches.forEach(
          watch -> {
            if (watch.state != Watch.State.CANCELED) {
              seen[watch.isAt(position) ? 0 : 1] = true;
            }
          });
      if (seen[0] && !seen[1]) {
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
      boolean[] wanted = new boolean[1];
      watches.forEach(
          watch -> {
            if (watch.notifiesProgress() && watch.state != Watch.State.CANCELED) {
              wanted[0] = true;
              if (!watch.wasBusy() && watch.isAt(position)) {
                progress(position, watch.id());
              }
            }
          });
      notifies = wanted[0] && !isOver();
      return notifies;
    } finally {
      lock.unlock();
    }
  }

  private void progress(long position, long watchId) {
    Deque<Outgoing> queue = waiting;
    // Notices must not pile up before a client that takes nothing.
    if (!isOver() && !stalled && (queue == null || queue.isEmpty() || receiver.ready())) {
      enqueue(new Outgoing.Progress(position, watchId));
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
      Deque<Outgoing> queue = waiting;
      int count = queue == null ? 0 : queue.size();
      if (!askedForMore && count < ANSWERS_MAX) {
        askedForMore = true;
        receiver.more();
      }
      if (queue != null && receiver.ready()) {
        Outgoing out = queue.pollFirst();
        if (out != null) {
          discharge(out);
          sent++;
          return out;
        }
      }
      turnOver(count);
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void turnOver(int count) {
    scheduled = false;
    if (count > 0) {
      if (!watchedForStall) {
        watchedForStall = true;
        hub.post(new HubMessage.Backlogged(this, sent));
      }
      return;
    }
    // An idle stream keeps no queue.
    waiting = null;
    if (receiver.ready()) {
      stalled = false;
      if (parked != null) {
        hub.post(new HubMessage.Resumed(this, hub.latest()));
      }
    }
  }

  /** Takes the watches that waited for this stream; they are lagging from now on. */
  List<Watch> resume() {
    lock.lock();
    try {
      List<Watch> list = parked;
      parked = null;
      if (list == null) {
        return List.of();
      }
      list.removeIf(watch -> watch.state != Watch.State.PARKED);
      list.forEach(watch -> watch.state = Watch.State.LAGGING);
      return list;
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
      Deque<Outgoing> queue = waiting;
      if (closed || queue == null || queue.isEmpty()) {
        watchedForStall = false;
        return -1;
      }
      if (sent != sentThen || receiver.ready()) {
        return sent;
      }
      watchedForStall = false;
      stalled = true;
      queue.removeIf(out -> drop(out, unsynced));
      return -1;
    } finally {
      lock.unlock();
    }
  }

  private boolean drop(Outgoing out, List<Watch> unsynced) {
    return switch (out) {
      case Outgoing.Control control -> false;
      case Outgoing.Progress progress -> true;
      case Outgoing.Events events -> {
        discharge(events);
        Watch watch = events.watch();
        switch (watch.state) {
          case SYNCED -> {
            watch.next = events.from();
            park(watch);
            unsynced.add(watch);
          }
          case LAGGING, PARKED -> watch.next = Math.min(watch.next, events.from());
          case CANCELED -> {}
        }
        yield true;
      }
    };
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
    Deque<Outgoing> queue = waiting;
    if (queue != null) {
      queue.forEach(this::discharge);
    }
    waiting = null;
    parked = null;
    List<Watch> gone = new ArrayList<>(watches.size());
    watches.forEach(
        watch -> {
          if (watch.state != Watch.State.CANCELED) {
            watch.state = Watch.State.CANCELED;
            gone.add(watch);
          }
        });
    hub.watchesRemoved(gone.size());
    hub.streamClosed(this, gone);
  }
}
