package io.metastore.core.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchResponse;
import io.metastore.core.model.Answers;
import io.metastore.core.model.Messages;
import io.metastore.testkit.model.Command.Watch;
import io.metastore.testkit.model.KeyEvent;
import io.metastore.testkit.model.Keys;
import io.metastore.testkit.watch.EventHistory;
import io.metastore.testkit.watch.RecordedWatch;
import io.metastore.testkit.watch.RecordedWatch.Part;
import io.metastore.testkit.watch.RecordedWatch.Response;
import io.metastore.testkit.watch.WatchGuarantee;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A client with several watches that now and then stops, goes on, or comes back on a new stream
 * behind the last event it saw. It records what its watches are told.
 */
final class Watcher {
  private static final int WATCHES_MAX = 6;

  /** Unlike a watch's own id, of all watches of a stream. */
  private static final long ALL = -1;

  /** One watch, over all its streams. */
  private static final class Seen {
    final Watch asked;
    final WatchCreateRequest request;
    final List<Part> parts = new ArrayList<>();
    List<Response> responses = new ArrayList<>();
    long from;
    // The last revision that is known to be complete.
    long complete;

    Seen(Watch asked, WatchCreateRequest request) {
      this.asked = asked;
      this.request = request;
      this.from = asked.from();
      this.complete = asked.from() - 1;
    }

    void add(Response response) {
      responses.add(response);
      long newest =
          response.isBookmark() ? response.revision() : response.events().getLast().revision();
      complete = Math.max(complete, response.fragment() ? newest - 1 : newest);
    }

    /** The stream is broken; the next goes on behind what is complete. */
    void broken() {
      parts.add(new Part(from, responses));
      responses = new ArrayList<>();
      from = complete + 1;
    }

    RecordedWatch recorded() {
      List<Part> all = new ArrayList<>(parts);
      all.add(new Part(from, responses));
      return new RecordedWatch(asked, all);
    }
  }

  private final WatchedStore store;
  private final List<Seen> all = new ArrayList<>();
  private final Map<Long, Seen> open = new HashMap<>();
  private Client client;

  Watcher(WatchedStore store, Random random) {
    this.store = store;
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
    String key = "k" + random.nextInt(12);
    Keys keys =
        switch (random.nextInt(3)) {
          case 0 -> Keys.of(key);
          case 1 -> new Keys(key, Keys.OPEN);
          default -> new Keys(key, key + "~");
        };
    int filter = random.nextInt(8);
    long now = store.state().revision();
    long start =
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> now + 1 + random.nextInt(20);
          default -> 1 + random.nextInt(Math.toIntExact(now));
        };
    Watch asked =
        new Watch(
            keys, start == 0 ? now + 1 : start, random.nextBoolean(), filter > 0, filter != 1);
    WatchCreateRequest.Builder request =
        Messages.of(asked).toBuilder()
            .setStartRevision(start)
            .setFragment(random.nextInt(3) == 0)
            .setProgressNotify(random.nextInt(3) == 0);
    Seen seen = new Seen(asked, request.build());
    create(seen, seen.request);
    all.add(seen);
  }

  private void create(Seen seen, WatchCreateRequest request) {
    client.go();
    client.request(request.toBuilder());
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
      seen.broken();
      create(seen, seen.request.toBuilder().setStartRevision(seen.from).build());
    }
  }

  private void read() {
    client.drain().forEach(this::see);
  }

  private void see(WatchResponse message) {
    assertFalse(message.getCanceled(), message::toString);
    List<KeyEvent> events = message.getEventsList().stream().map(Answers::event).toList();
    Response response =
        new Response(message.getHeader().getRevision(), events, message.getFragment());
    if (message.getWatchId() == ALL) {
      open.values().forEach(seen -> seen.add(response));
      return;
    }
    Seen seen = open.get(message.getWatchId());
    if (seen == null) {
      throw new AssertionError("a response for no watch: " + message);
    }
    assertTrue(
        !response.isBookmark() || seen.request.getProgressNotify(), "unasked notice of progress");
    assertTrue(
        events.stream().allMatch(event -> event.revision() <= response.revision()),
        "an event that the header does not know");
    seen.add(response);
  }

  /** Waits for the end of history and checks every guarantee of every watch. */
  void finish(EventHistory history) {
    client.go();
    // A bookmark says that everything has come. Asked for too early it is not given.
    Eventually.is(
        () -> {
          client.askForProgress();
          read();
          return all.stream().allMatch(seen -> seen.complete >= history.revision());
        });
    for (Seen seen : all) {
      RecordedWatch recorded = seen.recorded();
      assertEquals(Map.of(), WatchGuarantee.broken(recorded, history), () -> "watch " + seen.asked);
    }
  }
}
