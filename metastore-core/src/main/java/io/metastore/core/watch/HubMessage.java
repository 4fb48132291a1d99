package io.metastore.core.watch;

import io.metastore.core.mvcc.Change;
import java.util.List;

/** What the hub's thread is told. */
sealed interface HubMessage {
  /** A drain was published: these are all changes from a revision through another. */
  record Published(long from, long through, List<Change> changes, long bytes)
      implements HubMessage {}

  /** A lagging watch is to be synced, if it is near enough to what was published by then. */
  record Arrived(Watch watch, long published) implements HubMessage {}

  /** A watch is over. */
  record Left(Watch watch) implements HubMessage {}

  /** A stream is over. */
  record Closed(List<Watch> watches) implements HubMessage {}

  /** A stream can take events again. */
  record Resumed(BufferedStream stream, long published) implements HubMessage {}

  /** A stream has something waiting and its receiver is not ready. */
  record Backlogged(BufferedStream stream, long sent) implements HubMessage {}

  /** A client asks for a notice of progress. */
  record ProgressAsked(BufferedStream stream) implements HubMessage {}

  /** A stream has a watch that is to be told of progress unasked. */
  record WantsProgress(BufferedStream stream) implements HubMessage {}
}
