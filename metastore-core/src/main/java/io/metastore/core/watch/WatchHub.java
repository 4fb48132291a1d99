package io.metastore.core.watch;

import io.metastore.api.ErrorCode;
import io.metastore.core.apply.PublicationListener;
import io.metastore.core.apply.PublishedViews;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.mvcc.Change;
import io.metastore.core.mvcc.PublishedView;
import io.metastore.core.mvcc.StoreState;
import io.metastore.core.task.TaskScope;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All watches of a node. Thread-safe.
 *
 * <p>{@link #published} takes what the apply thread has, and drops it when too much is under way:
 * the hub's thread then reads it from the store. It never waits for a watch.
 */
public final class WatchHub implements PublicationListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WatchHub.class);

  /** Changes on their way to the hub's thread, in bytes; more are read from the store. */
  private static final long MAILBOX_BYTES_MAX = 16L << 20;

  private static final int SENDERS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private final PublishedViews views;
  private final LongFunction<ResponseHeader> headers;
  private final WatchOptions options;
  private final BlockingQueue<HubMessage> mailbox = new LinkedBlockingQueue<>();
  private final BlockingQueue<BufferedStream> toSend = new LinkedBlockingQueue<>();
  private final Set<BufferedStream> streams = ConcurrentHashMap.newKeySet();
  private final AtomicLong watches = new AtomicLong();
  private final AtomicLong mailboxBytes = new AtomicLong();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong waitingEvents = new AtomicLong();
  private final LongAdder eventsSent = new LongAdder();
  private final CatchUp catchUp;
  private final Dispatcher dispatcher;
  private volatile long latest;
  private volatile boolean closed;

  private WatchHub(
      PublishedViews views, LongFunction<ResponseHeader> headers, WatchOptions options) {
    this.views = views;
    this.headers = headers;
    this.options = options;
    latest = views.state().revision();
    catchUp = new CatchUp(views, this);
    dispatcher = new Dispatcher(this, catchUp, views, latest);
  }

  /**
   * Sets up a hub, to be made a listener of what is published and then {@linkplain #start started}.
   *
   * @param headers makes a complete response header for a revision; called often, from any thread
   */
  public static WatchHub open(
      PublishedViews views, LongFunction<ResponseHeader> headers, WatchOptions options) {
    return new WatchHub(views, headers, options);
  }

  /** Starts the hub's tasks in a scope; the failure of one is a storage failure or a defect. */
  public void start(TaskScope scope) {
    // Platform threads: reading history is native calls with some engines.
    scope.forkPlatform("watch-hub", dispatcher::run);
    scope.forkPlatform("watch-catch-up", catchUp::run);
    for (int i = 0; i < SENDERS; i++) {
      scope.fork("watch-send-" + i, this::sendLoop);
    }
  }

  /** Opens a stream for a client. After {@link #close} it ends at once. */
  public ServedWatchStream stream(WatchReceiver receiver) {
    BufferedStream stream = new BufferedStream(this, receiver);
    streams.add(stream);
    if (closed) {
      stream.end(ErrorCode.STOPPED);
    }
    return stream;
  }

  @Override
  public void published(PublishedView view, List<Change> changes) {
    long through = view.state().revision();
    long before = latest;
    // Nobody watches, or nothing happened. Whoever comes next sees at least this view.
    if (watches.get() > 0 && through > before) {
      long bytes = changes.stream().mapToLong(Change::bytes).sum();
      if (mailboxBytes.get() + bytes <= MAILBOX_BYTES_MAX) {
        mailboxBytes.addAndGet(bytes);
        long from = changes.isEmpty() ? through + 1 : changes.getFirst().revision().main();
        mailbox.add(new HubMessage.Published(from, through, changes, bytes));
      }
    }
    latest = through;
  }

  private void sendLoop() throws InterruptedException {
    while (true) {
      BufferedStream stream = toSend.take();
      try {
        stream.drain();
      } catch (RuntimeException e) {
        LOG.atWarn().addKeyValue("because", e.toString()).log("a watch stream is given up");
        stream.close();
      }
    }
  }

  /** Figures for metrics, by name. */
  public Map<String, Long> statistics() {
    long synced = dispatcher.syncedCount();
    long all = watches.get();
    return Map.of(
        "watches", all,
        "watch_streams", (long) streams.size(),
        "watches_synced", synced,
        "watches_slow", Math.max(0, all - synced),
        "watch_events_sent", eventsSent.sum(),
        "watch_events_waiting", waitingEvents.get(),
        "watch_waiting_bytes", waitingBytes.get());
  }

  /**
   * Ends every stream with the status of a stopped server; its tasks end with their scope. Closing
   * twice is harmless.
   */
  @Override
  public void close() {
    closed = true;
    streams.forEach(stream -> stream.end(ErrorCode.STOPPED));
  }

  // For the parts of this package.

  StoreState state() {
    return views.state();
  }

  LongFunction<ResponseHeader> headers() {
    return headers;
  }

  WatchOptions options() {
    return options;
  }

  /** The newest revision that the mailbox was told of, or that it was too full for. */
  long latest() {
    return latest;
  }

  BlockingQueue<HubMessage> mailbox() {
    return mailbox;
  }

  void post(HubMessage message) {
    mailbox.add(message);
  }

  void taken(HubMessage.Published published) {
    mailboxBytes.addAndGet(-published.bytes());
  }

  /** Puts a stream in line for a sender task. */
  void send(BufferedStream stream) {
    toSend.add(stream);
  }

  void watchAdded() {
    watches.incrementAndGet();
  }

  void watchesRemoved(int count) {
    watches.addAndGet(-count);
  }

  void streamClosed(BufferedStream stream, List<Watch> gone) {
    streams.remove(stream);
    if (!gone.isEmpty()) {
      post(new HubMessage.Closed(gone));
    }
  }

  /** More events, or fewer, wait to be sent. */
  void eventsWait(int change) {
    waitingEvents.addAndGet(change);
  }

  void eventsSent(int count) {
    eventsSent.add(count);
  }

  void charge(int bytes) {
    if (bytes != 0) {
      waitingBytes.addAndGet(bytes);
    }
  }

  boolean hasRoom(int bytes) {
    return waitingBytes.get() + bytes <= options.totalBytesMax();
  }
}
