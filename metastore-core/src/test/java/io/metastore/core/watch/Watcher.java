package io.metastore.core.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.core.message.Event;
import io.metastore.core.message.Event.EventType;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchCreateRequest.FilterType;
import io.metastore.core.message.WatchResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A client with several watches that now and then stops, goes on, or comes back on a new stream
 * behind the last event it saw.
 */
final class Watcher {
  private static final int WATCHES_MAX = 6;

  /** One watch, over all its streams. */
  private static final class Seen {
    final WatchCreateRequest request;
    final long first;
    final List<Event> events = new ArrayList<>();
    long last;
    boolean fragment;

    Seen(WatchCreateRequest request, long first) {
      this.request = request;
      this.first = first;
      this.last = first - 1;
    }
  }

  private final WatchedStore store;
  private final History history;
  private final List<Seen> all = new ArrayList<>();
  private final Map<Long, Seen> open = new HashMap<>();
  private Client client;

  Watcher(WatchedStore store, History history, Random random) {
    this.store = store;
    this.history = history;
    client = store.client();
    watch(random);
  }

  void act(Random random) {
    read();
    switch (random.nextInt(7)) {
      case 0 -> client.stop();
      case 1 -> client.take(1 + random.nextInt(3));
      case 2, 3 -> client.go();
      case 4 -> client.askForProgress();
      case 5 -> comeBack();
      default -> {
        if (all.size() < WATCHES_MAX) {
          watch(random);
        }
      }
    }
  }

  private void watch(Random random) {
    String from = "k" + random.nextInt(12);
    WatchCreateRequest.Builder request =
        switch (random.nextInt(3)) {
          case 0 -> Client.key(from);
          case 1 -> Client.range(from, "\0");
          default -> Client.range(from, from + "~");
        };
    if (random.nextInt(4) == 0) {
      request.addFilters(random.nextBoolean() ? FilterType.NOPUT : FilterType.NODELETE);
    }
    request.setPrevKv(random.nextBoolean());
    request.setFragment(random.nextInt(3) == 0);
    request.setProgressNotify(random.nextInt(3) == 0);
    long now = store.state().revision();
    long start =
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> now + 1 + random.nextInt(20);
          default -> 1 + random.nextInt(Math.toIntExact(now));
        };
    create(new Seen(request.setStartRevision(start).build(), start == 0 ? now + 1 : start));
  }

  private void create(Seen seen) {
    client.go();
    WatchCreateRequest.Builder request = seen.request.toBuilder();
    if (all.contains(seen)) {
      request.setStartRevision(seen.last + 1);
    } else {
      all.add(seen);
    }
    client.request(request);
    WatchResponse response = client.next();
    while (!response.getCreated()) {
      see(response);
      response = client.next();
    }
    assertFalse(response.getCanceled());
    open.put(response.getWatchId(), seen);
  }

  /** Resumes every watch behind the last revision of which it saw all. */
  private void comeBack() {
    client.stream().close();
    open.clear();
    client = store.client();
    for (Seen seen : all) {
      if (seen.fragment) {
        // The rest of the revision is not to be had again from the middle: begin it anew.
        seen.events.removeIf(event -> event.getKv().getModRevision() >= seen.last);
        seen.last--;
        seen.fragment = false;
      }
    }
    all.forEach(this::create);
  }

  private void read() {
    client.drain().forEach(this::see);
  }

  private void see(WatchResponse response) {
    assertFalse(response.getCanceled(), response::toString);
    long revision = response.getHeader().getRevision();
    if (response.getWatchId() == -1) {
      open.values().forEach(seen -> seen.last = Math.max(seen.last, revision));
      return;
    }
    Seen seen = open.get(response.getWatchId());
    if (seen == null) {
      throw new AssertionError("a response for no watch: " + response);
    }
    if (response.getEventsCount() == 0) {
      assertTrue(seen.request.getProgressNotify(), "unasked notice of progress");
      assertTrue(revision >= seen.first, "progress below the start");
      seen.last = Math.max(seen.last, revision);
      return;
    }
    for (Event event : response.getEventsList()) {
      long at = event.getKv().getModRevision();
      assertTrue(at <= revision, "an event that the header does not know");
      // Atomic: a revision that was complete does not go on.
      assertTrue(
          at > seen.last || seen.fragment || sameResponse(seen, response, at),
          "at or behind a revision that was complete, or a bookmark: " + at);
      seen.events.add(event);
    }
    seen.last = seen.events.getLast().getKv().getModRevision();
    seen.fragment = response.getFragment();
  }

  private static boolean sameResponse(Seen seen, WatchResponse response, long at) {
    return response.getEvents(0).getKv().getModRevision() > seen.last && at >= seen.last;
  }

  /** Waits for the end of history and compares. */
  void finish() {
    client.go();
    for (Seen seen : all) {
      List<Event> expected = expected(seen);
      while (seen.events.size() < expected.size()) {
        see(client.next());
      }
      assertEquals(expected, seen.events);
    }
  }

  private List<Event> expected(Seen seen) {
    boolean noPut = seen.request.getFiltersList().contains(FilterType.NOPUT);
    boolean noDelete = seen.request.getFiltersList().contains(FilterType.NODELETE);
    return history.entries().stream()
        .filter(entry -> entry.revision() >= seen.first)
        .filter(entry -> covers(seen.request, entry.event().getKv().getKey().toStringUtf8()))
        .filter(entry -> !(entry.event().getType() == EventType.PUT ? noPut : noDelete))
        .map(entry -> seen.request.getPrevKv() ? entry.withPrevious() : entry.event())
        .toList();
  }

  private static boolean covers(WatchCreateRequest request, String key) {
    String from = request.getKey().toStringUtf8();
    String to = request.getRangeEnd().toStringUtf8();
    if (to.isEmpty()) {
      return key.equals(from);
    }
    return key.compareTo(from) >= 0 && (to.equals("\0") || key.compareTo(to) < 0);
  }
}
