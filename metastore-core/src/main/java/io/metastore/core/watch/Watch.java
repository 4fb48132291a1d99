package io.metastore.core.watch;

import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchCreateRequest.FilterType;
import io.metastore.core.mvcc.KeyEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One watch. Kept small, since there may be very many: no collection, no object for a place in an
 * index.
 *
 * <p>The stream's lock guards state, next revision and flags. The hub's thread alone makes a watch
 * {@link State#SYNCED} or ends that, so it may read the next revision of a synced one without.
 */
final class Watch extends Subscriber {
  /** In whose hands a watch is. */
  enum State {
    /** The hub offers it events as they happen: it has had all before. */
    SYNCED,
    /** On its way through the hub's mailbox or the catch-up thread. */
    LAGGING,
    /** Waits for its stream to become ready. */
    PARKED,
    /** Over; after a compaction it keeps its id until the client cancels it, as in etcd. */
    CANCELED
  }

  private static final byte[] SMALLEST = {0};

  private static final int NO_PUT = 1;
  private static final int NO_DELETE = 2;
  private static final int PREVIOUS = 4;
  private static final int FRAGMENT = 8;
  private static final int PROGRESS = 16;
  private static final int BEGUN = 32;
  private static final int BUSY = 64;

  private final BufferedStream stream;
  private final long id;
  private int flags;
  State state = State.LAGGING;
  // Nothing below is to be sent; for a synced watch nothing below the hub's position is missing.
  long next;

  private Watch(
      BufferedStream stream, long id, long next, int flags, byte[] from, byte @Nullable [] to) {
    super(from, to);
    this.stream = stream;
    this.id = id;
    this.next = next;
    this.flags = flags;
  }

  /**
   * Makes a watch that a request asks for.
   *
   * @param revision of the store now: a watch without a start begins behind it
   */
  static Watch of(BufferedStream stream, long id, WatchCreateRequest request, long revision) {
    int flags =
        (request.getFiltersList().contains(FilterType.NOPUT) ? NO_PUT : 0)
            | (request.getFiltersList().contains(FilterType.NODELETE) ? NO_DELETE : 0)
            | (request.getPrevKv() ? PREVIOUS : 0)
            | (request.getFragment() ? FRAGMENT : 0)
            | (request.getProgressNotify() ? PROGRESS : 0)
            | (request.getStartRevision() == 0 ? BEGUN : 0);
    long next = request.getStartRevision() == 0 ? revision + 1 : request.getStartRevision();
    return new Watch(stream, id, next, flags, from(request), to(request));
  }

  private static byte[] from(WatchCreateRequest request) {
    return request.getKey().isEmpty() ? SMALLEST : request.getKey().toByteArray();
  }

  private static byte @Nullable [] to(WatchCreateRequest request) {
    if (request.getRangeEnd().isEmpty()) {
      return null;
    }
    byte[] to = request.getRangeEnd().toByteArray();
    return Arrays.equals(to, SMALLEST) ? OPEN : to;
  }

  /** Whether no key can lie in the range that a request asks for. */
  static boolean isEmptyRange(WatchCreateRequest request) {
    byte[] to = to(request);
    return to != null && !isOpen(to) && Arrays.compareUnsigned(from(request), to) >= 0;
  }

  BufferedStream stream() {
    return stream;
  }

  long id() {
    return id;
  }

  @Override
  boolean wants(KeyEvent event) {
    return event.revision().main() >= next && passes(event);
  }

  /** Whether an event passes the filters. */
  boolean passes(KeyEvent event) {
    return (flags & (event.isPut() ? NO_PUT : NO_DELETE)) == 0;
  }

  /** Whether the watch covers a key. */
  boolean covers(byte[] key) {
    byte[] to = to();
    if (to == null) {
      return Arrays.equals(from(), key);
    }
    return Arrays.compareUnsigned(from(), key) <= 0
        && (isOpen(to) || Arrays.compareUnsigned(key, to) < 0);
  }

  @Override
  boolean wantsPrevious() {
    return (flags & PREVIOUS) != 0;
  }

  @Override
  Watch watch() {
    return this;
  }

  /** Whether responses may be cut. */
  boolean fragments() {
    return (flags & FRAGMENT) != 0;
  }

  /** Whether the client wants notices of progress unasked. */
  boolean notifiesProgress() {
    return (flags & PROGRESS) != 0;
  }

  /** It has been given all up to a revision that it was to have. */
  void advance(long through) {
    next = through + 1;
    flags |= BEGUN;
  }

  /** It is synced at a position of the hub; one whose start is ahead has not begun. */
  void sync(long position) {
    state = State.SYNCED;
    if (next <= position) {
      advance(position);
    }
  }

  /** Whether a notice of progress at the hub's position is true of it. */
  boolean isAt(long position) {
    return state == State.SYNCED && ((flags & BEGUN) != 0 || next <= position);
  }

  /** Events were given: the next unasked notice is left out. */
  void busy() {
    flags |= BUSY;
  }

  /** Whether events were given since the last time this was asked. */
  boolean wasBusy() {
    boolean busy = (flags & BUSY) != 0;
    flags &= ~BUSY;
    return busy;
  }
}
