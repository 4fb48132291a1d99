package io.metastore.core.typed;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.Watch;
import io.metastore.api.WatchEvent;
import io.metastore.api.WatchOptions;
import io.metastore.api.WatchOutcome;
import io.metastore.core.message.WatchResponse;
import io.metastore.core.watch.WatchReceiver;
import io.metastore.core.watch.WatchStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A watch on a stream of its own. Responses come on the stream's threads and wait in a queue; when
 * it is full the stream is told not to be ready, and keeps what follows to itself.
 */
final class TypedWatch implements Watch {
  /** Events that may wait; the response that passes it is taken whole. */
  private static final int WAITING_MAX = 1000;

  private static final String ETCD = "etcdserver: ";

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by lock, as are all fields below but the stream.
  private final ArrayDeque<WatchEvent> waiting = new ArrayDeque<>();
  private Optional<WatchOutcome> outcome = Optional.empty();
  private long revision;
  // Up to where everything is in the queue or was taken from it.
  private long received;

  private final boolean fromNow;
  private final Consumer<TypedWatch> onEnd;
  private final WatchStream stream;

  private TypedWatch(StoreCalls calls, WatchOptions options, Consumer<TypedWatch> onEnd) {
    this.revision = Math.max(0, options.startRevision() - 1);
    this.received = revision;
    this.fromNow = options.startRevision() == 0;
    this.onEnd = onEnd;
    this.stream = calls.watch(new Receiver());
  }

  /**
   * Begins to watch.
   *
   * @param onEnd called once, when there will be no more events
   */
  static TypedWatch open(StoreCalls calls, WatchOptions options, Consumer<TypedWatch> onEnd) {
    TypedWatch watch = new TypedWatch(calls, options, onEnd);
    watch.stream.request(ToMessages.watch(options));
    return watch;
  }

  @Override
  public boolean hasNext() {
    return await(Long.MAX_VALUE);
  }

  @Override
  public WatchEvent next() {
    while (hasNext()) {
      Optional<WatchEvent> event = take();
      if (event.isPresent()) {
        return event.get();
      }
    }
    throw new NoSuchElementException("the watch is over: " + outcome());
  }

  @Override
  public Optional<WatchEvent> poll(Duration timeout) {
    return await(timeout.toNanos()) ? take() : Optional.empty();
  }

  /** Waits until an event is there; false when the time or the watch is over. */
  private boolean await(long nanos) {
    try {
      lock.lockInterruptibly();
      try {
        long left = nanos;
        while (waiting.isEmpty() && outcome.isEmpty() && left > 0) {
          left = changed.awaitNanos(left);
        }
        return !waiting.isEmpty();
      } finally {
        lock.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MetastoreException.of(ErrorCode.CANCELED);
    }
  }

  private Optional<WatchEvent> take() {
    boolean emptied;
    WatchEvent event;
    lock.lock();
    try {
      event = waiting.poll();
      if (event == null) {
        return Optional.empty();
      }
      emptied = waiting.isEmpty();
      // A revision is over with its last event, and they all came in one response.
      if (emptied) {
        revision = received;
      } else if (waiting.getFirst().revision() > event.revision()) {
        revision = event.revision();
      }
    } finally {
      lock.unlock();
    }
    if (emptied) {
      stream.ready();
    }
    return Optional.of(event);
  }

  @Override
  public long revision() {
    lock.lock();
    try {
      return revision;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<WatchOutcome> outcome() {
    lock.lock();
    try {
      return waiting.isEmpty() ? outcome : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    end(new WatchOutcome.Closed());
    lock.lock();
    try {
      waiting.clear();
    } finally {
      lock.unlock();
    }
    // Also when it has ended by itself: the stream may still be there.
    stream.close();
  }

  private void end(WatchOutcome why) {
    lock.lock();
    try {
      if (outcome.isPresent()) {
        return;
      }
      outcome = Optional.of(why);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    onEnd.accept(this);
  }

  private void receive(WatchResponse response) {
    lock.lock();
    try {
      if (outcome.isPresent()) {
        // It was under way when the watch was closed.
        return;
      }
      response.getEventsList().forEach(event -> waiting.add(FromMessages.event(event)));
      if (!response.getFragment()) {
        received = Math.max(received, through(response));
      }
      if (waiting.isEmpty()) {
        revision = received;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Up to where a response tells everything; called under the lock. */
  private long through(WatchResponse response) {
    int events = response.getEventsCount();
    if (events > 0) {
      return response.getEvents(events - 1).getKv().getModRevision();
    }
    if (response.getCreated()) {
      // A watch from now on begins behind this revision; a stream that resumed it says so again, of
      // a later one.
      return fromNow && received == 0 ? response.getHeader().getRevision() : 0;
    }
    return response.getHeader().getRevision();
  }

  private static WatchOutcome canceled(WatchResponse response) {
    if (response.getCompactRevision() != 0) {
      return new WatchOutcome.Compacted(response.getCompactRevision());
    }
    String reason = response.getCancelReason();
    int text = reason.indexOf(ETCD);
    ErrorCode code = text < 0 ? ErrorCode.WATCH_CANCELED : ErrorCode.ofText(reason.substring(text));
    return new WatchOutcome.Failed(
        MetastoreException.of(code, reason.isEmpty() ? code.text() : reason));
  }

  /** What the stream calls, one call at a time. */
  private final class Receiver implements WatchReceiver {
    @Override
    public boolean ready() {
      lock.lock();
      try {
        return waiting.size() < WAITING_MAX && outcome.isEmpty();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void send(WatchResponse response) {
      if (response.getCanceled()) {
        TypedWatch.this.end(canceled(response));
      } else {
        receive(response);
      }
    }

    @Override
    public void more() {
      // The one request of this stream was sent.
    }

    @Override
    public void end(ErrorCode reason) {
      TypedWatch.this.end(new WatchOutcome.Failed(MetastoreException.of(reason)));
    }
  }
}
