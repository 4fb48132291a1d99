package io.metastore.core.watch;

import com.google.protobuf.ByteString;
import io.metastore.core.message.Event;
import io.metastore.core.mvcc.ChangeLog;
import io.metastore.core.mvcc.KeyEvent;
import io.metastore.core.mvcc.PublishedView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened, in order. Which keys changed is taken from the log; what was in them before is
 * worked out here, from the events alone.
 */
final class History {
  /** A change and what it replaced. */
  record Entry(Event event, Event withPrevious) {
    long revision() {
      return event.getKv().getModRevision();
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final Map<ByteString, io.metastore.core.message.KeyValue> live = new HashMap<>();
  private long noted = 1;

  /** Notes all that happened up to a revision. */
  void note(long revision, WatchedStore store) {
    try (PublishedView view = store.acquire()) {
      for (KeyEvent changed : ChangeLog.read(view, noted + 1, Integer.MAX_VALUE).events()) {
        Event event = changed.message(false);
        Event.Builder full = event.toBuilder();
        io.metastore.core.message.KeyValue before = live.get(event.getKv().getKey());
        if (before != null) {
          full.setPrevKv(before);
        }
        entries.add(new Entry(event, full.build()));
        if (changed.isPut()) {
          live.put(event.getKv().getKey(), event.getKv());
        } else {
          live.remove(event.getKv().getKey());
        }
      }
    }
    noted = revision;
  }

  List<Entry> entries() {
    return entries;
  }

  long revision() {
    return noted;
  }
}
