package io.metastore.core.watch;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.core.mvcc.StoreState;

/**
 * What a client asks of its stream, with etcd's answers (behaviours 38 to 44 of the contract; etcd
 * {@code server/etcdserver/api/v3rpc/watch.go}).
 *
 * <p>Guarded by the stream's lock.
 */
final class StreamRequests {
  private static final long NO_ID = -1;
  private static final String EMPTY_RANGE = "mvcc: watcher range is empty";
  private static final String DUPLICATE_ID = "mvcc: duplicate watch ID provided on the WatchStream";

  private final WatchHub hub;
  private final BufferedStream stream;
  private final StreamWatches watches;
  private final Outbox outbox;

  StreamRequests(WatchHub hub, BufferedStream stream, StreamWatches watches, Outbox outbox) {
    this.hub = hub;
    this.stream = stream;
    this.watches = watches;
    this.outbox = outbox;
  }

  /**
   * Creates a watch.
   *
   * @param denied why the client may not have it, empty when it may
   */
  void create(WatchCreateRequest request, String denied) {
    // Counted before the revision is read: from then on the hub is told of all that follows it.
    hub.watchAdded();
    StoreState store = hub.state();
    String refusal = denied.isEmpty() ? refusal(request) : denied;
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
    long id = watches.takeId(request.getWatchId());
    Watch watch = Watch.of(stream, id, request, store.revision());
    watches.add(watch);
    answer(store.revision(), WatchResponse.newBuilder().setWatchId(id).setCreated(true));
    if (watch.next < store.compactedRevision()) {
      cancelCompacted(watch, store.compactedRevision());
      return;
    }
    hub.post(new HubMessage.Arrived(watch, store.revision()));
    if (watches.isFirstToNotify(watch)) {
      hub.post(new HubMessage.WantsProgress(stream));
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

  /** Cancels a watch; one that is not known is passed over, as in etcd. */
  void cancel(long id) {
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
    outbox.dropOf(watch);
    answer(hub.state().revision(), WatchResponse.newBuilder().setWatchId(id).setCanceled(true));
  }

  /** Ends a watch that needs what is compacted. It keeps its id until the client cancels it. */
  void cancelCompacted(Watch watch, long compactedRevision) {
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

  private void answer(long revision, WatchResponse.Builder response) {
    outbox.add(new Outgoing.Control(revision, response.build()));
  }
}
