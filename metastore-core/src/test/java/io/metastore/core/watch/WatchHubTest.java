package io.metastore.core.watch;

import static io.metastore.core.watch.Client.key;
import static io.metastore.core.watch.Client.range;
import static io.metastore.core.watch.WatchedStore.deleting;
import static io.metastore.core.watch.WatchedStore.putting;
import static io.metastore.core.watch.WatchedStore.together;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.core.message.Event;
import io.metastore.core.message.Event.EventType;
import io.metastore.core.message.Proposal;
import io.metastore.core.message.WatchCreateRequest.FilterType;
import io.metastore.core.message.WatchResponse;
import io.metastore.core.mvcc.PublishedView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WatchHubTest {
  @TempDir Path directory;
  private WatchedStore store;
  private Client client;

  @BeforeEach
  void open() {
    store = new WatchedStore(directory.resolve("store"), WatchedStore.options());
    client = store.client();
  }

  @AfterEach
  void close() {
    store.close();
    assertEquals(Optional.empty(), store.failure());
  }

  private static String text(Event event) {
    return (event.getType() == EventType.PUT ? "put " : "delete ")
        + event.getKv().getKey().toStringUtf8()
        + "@"
        + event.getKv().getModRevision();
  }

  private static List<String> texts(List<Event> events) {
    return events.stream().map(WatchHubTest::text).toList();
  }

  @Test
  @DisplayName("18: an empty key is the smallest one")
  void emptyKeyIsTheSmallest() {
    client.create(range("", "\0"));
    store.put("a", "1");
    assertEquals(List.of("put a@2"), texts(client.events(1)));
  }

  @Test
  @DisplayName("17, 18: ranges are those of Range, with and without an end")
  void rangesAreThoseOfRange() {
    client.create(range("b", "d").setWatchId(1));
    client.create(range("b", "\0").setWatchId(2));
    client.create(key("b").setWatchId(3));
    for (String key : List.of("a", "b", "c", "d")) {
      store.put(key, "");
    }
    List<String> seen = new ArrayList<>();
    int events = 0;
    while (events < 6) {
      WatchResponse response = client.next();
      events += response.getEventsCount();
      texts(response.getEventsList()).forEach(e -> seen.add(response.getWatchId() + " " + e));
    }
    seen.sort(null);
    assertEquals(
        List.of("1 put b@3", "1 put c@4", "2 put b@3", "2 put c@4", "2 put d@5", "3 put b@3"),
        seen);
  }

  @Test
  @DisplayName("38: without a start, or with one ahead, nothing earlier is delivered")
  void nothingEarlierIsDelivered() {
    store.put("a", "1");
    client.create(key("a"));
    store.put("a", "2");
    assertEquals(List.of("put a@3"), texts(client.events(1)));

    Client ahead = store.client();
    ahead.create(key("a").setStartRevision(6));
    store.put("a", "3");
    store.put("a", "4");
    store.put("a", "5");
    assertEquals(List.of("put a@6"), texts(ahead.events(1)));
  }

  @Test
  @DisplayName("38: a start in the past delivers history, then what happens")
  void historyThenLive() {
    for (int i = 2; i <= 3000; i++) {
      store.put("k" + i % 2, "");
    }
    client.create(key("k0").setStartRevision(2));
    store.put("k0", "");
    List<Event> events = client.events(1501);
    assertEquals(1501, events.size());
    for (int i = 0; i < 1500; i++) {
      assertEquals(2 + 2 * i, events.get(i).getKv().getModRevision());
    }
    assertEquals(3001, events.get(1500).getKv().getModRevision());
    store.delete("k0");
    assertEquals(List.of("delete k0@3002"), texts(client.events(1)));
  }

  @Test
  @DisplayName("39: created comes before the events of the watch")
  void createdComesFirst() {
    store.put("a", "1");
    for (int i = 0; i < 100; i++) {
      client.request(key("a").setStartRevision(2));
      assertTrue(client.next().getCreated());
      assertEquals(List.of("put a@2"), texts(client.events(1)));
    }
  }

  @Test
  @DisplayName("40: the server's ids start at 0 and skip those in use")
  void idsSkipThoseInUse() {
    assertEquals(0, client.create(key("a")).getWatchId());
    assertEquals(1, client.create(key("a")).getWatchId());
    assertEquals(3, client.create(key("a").setWatchId(3)).getWatchId());
    assertEquals(2, client.create(key("a")).getWatchId());
    assertEquals(4, client.create(key("a")).getWatchId());
    WatchResponse refused = client.create(key("a").setWatchId(3));
    assertEquals(-1, refused.getWatchId());
    assertTrue(refused.getCanceled());
    assertEquals("mvcc: duplicate watch ID provided on the WatchStream", refused.getCancelReason());
    assertEquals(WatchedStore.header(1), refused.getHeader());
    client.cancel(4);
    client.cancel(3);
    assertTrue(client.next().getCanceled());
    assertTrue(client.next().getCanceled());
    assertEquals(5, client.create(key("a")).getWatchId(), "ids of the past are not given again");
    assertEquals(3, client.create(key("a").setWatchId(3)).getWatchId(), "unless asked for");
    assertEquals(0, store.client().create(key("a")).getWatchId(), "each stream counts for itself");
  }

  @Test
  @DisplayName("41: an empty range is created and canceled")
  void emptyRangeIsRefused() {
    for (String end : List.of("b", "a")) {
      WatchResponse refused = client.create(range("b", end));
      assertEquals(-1, refused.getWatchId());
      assertTrue(refused.getCanceled());
      assertEquals("mvcc: watcher range is empty", refused.getCancelReason());
    }
  }

  @Test
  @DisplayName("42: a start that is compacted is created, then canceled without a reason")
  void compactedStartIsCanceled() {
    for (int i = 0; i < 5; i++) {
      store.put("a", "" + i);
    }
    store.compact(4);
    WatchResponse created = client.create(key("a").setStartRevision(3));
    assertFalse(created.getCanceled());
    WatchResponse canceled = client.next();
    assertEquals(
        WatchResponse.newBuilder()
            .setHeader(WatchedStore.header(0))
            .setWatchId(created.getWatchId())
            .setCanceled(true)
            .setCompactRevision(4)
            .build(),
        canceled);

    client.create(key("a").setStartRevision(4));
    assertEquals(List.of("put a@4", "put a@5", "put a@6"), texts(client.events(3)));
  }

  @Test
  @DisplayName("42: compaction cancels a watch that lags behind it")
  void compactionCancelsALaggingWatch() {
    client.create(range("", "\0").setStartRevision(1));
    client.stop();
    String value = "v".repeat(500_000);
    for (int i = 0; i < 40; i++) {
      store.put("a", value);
    }
    // The stream's buffer and the recent changes are both too small for all of it.
    store.compact(40);
    client.go();
    WatchResponse last = client.next();
    long seen = 1;
    while (!last.getCanceled()) {
      for (Event event : last.getEventsList()) {
        assertEquals(++seen, event.getKv().getModRevision());
      }
      last = client.next();
    }
    assertEquals(40, last.getCompactRevision());
    assertTrue(seen < 41, "nothing was missed");
  }

  @Test
  @DisplayName("43: a negative start is refused as compacted")
  void negativeStartIsRefused() {
    WatchResponse refused = client.create(key("a").setStartRevision(-1));
    assertEquals(-1, refused.getWatchId());
    assertTrue(refused.getCanceled());
    assertEquals(
        "etcdserver: mvcc: required revision has been compacted", refused.getCancelReason());
    assertEquals(0, refused.getCompactRevision());
  }

  @Test
  @DisplayName("44: cancel answers with the id, and is silent of unknown ones")
  void cancelAnswersOnce() {
    client.create(key("a").setWatchId(5));
    client.cancel(77);
    client.cancel(5);
    client.cancel(5);
    WatchResponse canceled = client.next();
    assertTrue(canceled.getCanceled());
    assertEquals(5, canceled.getWatchId());
    store.put("a", "1");
    client.create(key("a").setWatchId(5).setStartRevision(2));
    assertEquals(List.of("put a@2"), texts(client.events(1)));
    assertEquals(0, client.unread());
  }

  @Test
  @DisplayName("45: a quiet watch that asked for it is told of progress, a busy one is not")
  void quietWatchesAreToldOfProgress() {
    WatchOptions often =
        new WatchOptions(Duration.ofMillis(100), 1 << 20, 1 << 20, 1 << 20, Duration.ofSeconds(1));
    try (WatchedStore ticking = new WatchedStore(directory.resolve("ticking"), often)) {
      Client quiet = ticking.client();
      quiet.create(key("a").setProgressNotify(true));
      quiet.create(key("b"));
      quiet.create(key("c").setProgressNotify(true).setStartRevision(100));
      ticking.put("x", "");
      WatchResponse first = quiet.next();
      WatchResponse second = quiet.next();
      assertEquals(0, first.getWatchId());
      assertEquals(0, first.getEventsCount());
      assertFalse(first.getCreated() || first.getCanceled());
      assertEquals(0, second.getWatchId(), "neither asked for, nor below the start");
      assertEquals(2, second.getHeader().getRevision());
      ticking.put("a", "");
      WatchResponse event = quiet.next();
      while (event.getEventsCount() == 0) {
        event = quiet.next();
      }
      WatchResponse after = quiet.next();
      assertEquals(3, after.getHeader().getRevision());
    }
  }

  @Test
  @DisplayName("45: a watch that had events since the last notice is passed over by the next")
  void aBusyWatchIsPassedOverOnce() {
    WatchOptions often =
        new WatchOptions(Duration.ofMillis(200), 1 << 20, 1 << 20, 1 << 20, Duration.ofSeconds(1));
    try (WatchedStore ticking = new WatchedStore(directory.resolve("busy"), often)) {
      Client client = ticking.client();
      client.create(key("a").setProgressNotify(true));
      client.create(key("b").setProgressNotify(true));
      // They are told in this order, the second once it is there.
      WatchResponse next = client.next();
      while (next.getWatchId() != 1) {
        next = client.next();
      }
      ticking.put("a", "");
      do {
        next = client.next();
      } while (next.getEventsCount() == 0);
      assertEquals(1, client.next().getWatchId(), "the busy one was told as well");
      assertEquals(0, client.next().getWatchId());
    }
  }

  @Test
  @DisplayName("46: progress on demand is one response with id -1")
  void progressOnDemand() {
    client.create(key("a"));
    client.create(key("b"));
    store.put("x", "");
    client.askForProgress();
    assertEquals(
        WatchResponse.newBuilder().setHeader(WatchedStore.header(2)).setWatchId(-1).build(),
        client.next());
  }

  @Test
  @DisplayName("46: no progress on a stream without watches")
  void noProgressWithoutWatches() {
    client.askForProgress();
    client.create(key("a"));
    client.askForProgress();
    assertEquals(-1, client.next().getWatchId());
    assertEquals(0, client.unread());
  }

  @Test
  @DisplayName("46, 47: no progress while a watch is below its start")
  void noProgressBelowAStart() {
    client.create(key("a"));
    client.create(key("b").setStartRevision(3));
    client.askForProgress();
    store.put("x", "");
    client.askForProgress();
    store.put("x", "");
    client.askForProgress();
    WatchResponse progress = client.next();
    assertEquals(-1, progress.getWatchId());
    assertEquals(3, progress.getHeader().getRevision());
    assertEquals(0, client.unread());
  }

  @Test
  @DisplayName("46: no progress while a watch has events to come")
  void noProgressBeforeEvents() {
    client.create(key("a"));
    client.stop();
    String value = "v".repeat(1 << 20);
    for (int i = 0; i < 10; i++) {
      store.put("a", value);
    }
    client.askForProgress();
    client.go();
    long seen = 1;
    while (seen < 11) {
      WatchResponse response = client.next();
      assertTrue(response.getEventsCount() > 0 || response.getHeader().getRevision() <= seen);
      for (Event event : response.getEventsList()) {
        seen = event.getKv().getModRevision();
      }
    }
  }

  @Test
  @DisplayName("48: prev_kv is what was replaced, live and from history; absent for creates")
  void previousIsWhatWasReplaced() {
    client.create(key("a").setPrevKv(true));
    store.put("a", "1");
    store.put("a", "2");
    store.delete("a");
    store.put("a", "3");
    Client late = store.client();
    late.create(key("a").setPrevKv(true).setStartRevision(2));
    for (List<Event> events : List.of(client.events(4), late.events(4))) {
      assertFalse(events.get(0).hasPrevKv());
      assertEquals("1", events.get(1).getPrevKv().getValue().toStringUtf8());
      assertEquals(2, events.get(1).getPrevKv().getModRevision());
      assertEquals("2", events.get(2).getPrevKv().getValue().toStringUtf8());
      assertFalse(events.get(3).hasPrevKv());
    }
  }

  @Test
  @DisplayName("48: prev_kv is of the revision before, also when one txn puts and deletes the key")
  void previousIsOfTheRevisionBefore() {
    client.create(key("a").setPrevKv(true));
    Proposal both =
        WatchedStore.together(
            List.of(WatchedStore.putting("a", "2"), WatchedStore.deleting("a", "")));
    store.apply(both);
    store.put("a", "1");
    store.apply(both);
    Client late = store.client();
    late.create(key("a").setPrevKv(true).setStartRevision(2));
    for (List<Event> events : List.of(client.events(5), late.events(5))) {
      assertFalse(events.get(1).hasPrevKv());
      assertEquals("1", events.get(3).getPrevKv().getValue().toStringUtf8());
      assertEquals("1", events.get(4).getPrevKv().getValue().toStringUtf8());
    }
  }

  @Test
  @DisplayName("48: prev_kv is absent when it is compacted")
  void compactedPreviousIsAbsent() {
    // Nobody watches meanwhile, so the hub holds none of it in memory.
    store.put("a", "1");
    store.put("a", "2");
    store.put("a", "3");
    store.compact(3);
    client.create(key("a").setPrevKv(true).setStartRevision(3));
    List<Event> events = client.events(2);
    assertFalse(events.get(0).hasPrevKv());
    assertEquals("2", events.get(1).getPrevKv().getValue().toStringUtf8());
  }

  @Test
  @DisplayName("49: a delete has key and revision only")
  void deleteHasKeyAndRevisionOnly() {
    store.put("a", "1");
    client.create(key("a"));
    store.delete("a");
    Event event = client.events(1).getFirst();
    assertEquals(EventType.DELETE, event.getType());
    assertEquals(
        io.metastore.core.message.KeyValue.newBuilder()
            .setKey(WatchedStore.bytes("a"))
            .setModRevision(3)
            .build(),
        event.getKv());
  }

  @Test
  @DisplayName("50: events of one revision stay together, in order")
  void revisionsStayTogether() {
    client.create(range("", "\0"));
    store.apply(
        together(List.of(putting("c", ""), putting("a", ""), putting("b", ""))),
        deleting("a", "\0"));
    List<Event> events = client.events(6);
    assertEquals(
        List.of("put c@2", "put a@2", "put b@2", "delete a@3", "delete b@3", "delete c@3"),
        texts(events));
    Client late = store.client();
    late.create(range("", "\0").setStartRevision(2));
    assertEquals(texts(events), texts(late.events(6)));
  }

  @Test
  @DisplayName("50: a large response is cut only for a client that asks for it")
  void fragmentsOnlyWhenAskedFor() {
    WatchOptions small =
        new WatchOptions(Duration.ofHours(1), 1000, 1 << 20, 1 << 20, Duration.ofSeconds(1));
    try (WatchedStore cutting = new WatchedStore(directory.resolve("cutting"), small)) {
      Client whole = cutting.client();
      whole.create(range("", "\0"));
      Client parts = cutting.client();
      parts.create(range("", "\0").setFragment(true));
      List<io.metastore.core.message.Proposal> puts = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        puts.add(putting("k" + i, "v".repeat(300)));
      }
      cutting.apply(together(puts));
      assertEquals(10, whole.next().getEventsCount());
      List<Event> events = new ArrayList<>();
      WatchResponse part = parts.next();
      while (part.getFragment()) {
        assertTrue(part.getSerializedSize() < 1000, "a part is too large");
        events.addAll(part.getEventsList());
        part = parts.next();
      }
      events.addAll(part.getEventsList());
      assertEquals(10, events.size());
      assertEquals(
          List.of(), events.stream().filter(e -> e.getKv().getModRevision() != 2).toList());
    }
  }

  @Test
  @DisplayName("50: a batch of history holds at most 1000 revisions; its header is the newest")
  void historyComesInBatches() {
    for (int i = 0; i < 2500; i++) {
      store.put("a", "");
    }
    client.create(key("a").setStartRevision(2));
    WatchResponse first = client.next();
    assertEquals(1000, first.getEventsCount());
    assertEquals(2501, first.getHeader().getRevision());
    assertEquals(1000, client.next().getEventsCount());
    assertEquals(500, client.next().getEventsCount());
  }

  @Test
  @DisplayName("51: what is filtered out is not sent, not even empty")
  void filteredOutIsNotSent() {
    client.create(key("a").addFilters(FilterType.NOPUT));
    client.create(key("a").addFilters(FilterType.NODELETE));
    store.put("a", "");
    store.delete("a");
    WatchResponse put = client.next();
    assertEquals(1, put.getWatchId());
    assertEquals(List.of("put a@2"), texts(put.getEventsList()));
    WatchResponse delete = client.next();
    assertEquals(0, delete.getWatchId());
    assertEquals(List.of("delete a@3"), texts(delete.getEventsList()));
    assertEquals(0, client.unread());
  }

  @Test
  @DisplayName("52: a client that takes nothing costs no memory and misses nothing")
  void slowClientCostsNothingAndMissesNothing() throws Exception {
    WatchOptions hasty =
        new WatchOptions(Duration.ofHours(1), 2 << 20, 1 << 20, 8 << 20, Duration.ofMillis(50));
    try (WatchedStore slow = new WatchedStore(directory.resolve("slow"), hasty)) {
      Client lazy = slow.client();
      lazy.create(range("", "\0"));
      lazy.stop();
      String value = "v".repeat(1000);
      for (int i = 0; i < 10_000; i++) {
        slow.put("a", value);
      }
      Eventually.is(() -> slow.figure("watch_waiting_bytes") == 0L);
      assertEquals(0, slow.figure("watches_synced"));
      assertEquals(1, slow.figure("watches_slow"));
      assertEquals(0, slow.figure("watch_events_waiting"));
      long sent = slow.figure("watch_events_sent");
      lazy.go();
      List<Event> events = lazy.events(10_000);
      for (int i = 0; i < 10_000; i++) {
        assertEquals(2 + i, events.get(i).getKv().getModRevision());
      }
      Eventually.is(() -> slow.figure("watches_synced") == 1L);
      assertEquals(0, slow.figure("watches_slow"));
      assertTrue(sent < 10_000, () -> sent + " were sent to one that took none");
      Eventually.is(() -> slow.figure("watch_events_sent") == 10_000L);
    }
  }

  @Test
  @DisplayName("52: a watch far behind does not hold up others")
  void catchUpIsFair() {
    for (int i = 0; i < 50_000; i++) {
      store.put("a", "");
    }
    Client far = store.client();
    far.request(key("a").setStartRevision(2));
    client.create(key("a").setStartRevision(50_000));
    assertEquals(List.of("put a@50000", "put a@50001"), texts(client.events(2)));
    assertTrue(far.unread() < 51, "the far watch was served to its end first");
    assertTrue(far.next().getCreated());
    assertEquals(50_000, far.events(50_000).size());
  }

  @Test
  @DisplayName("52: watches at different places are served from history that is read in parts")
  void watchesBehindTheCutOfAStretchAreServedNext() {
    int revisions = 12;
    String value = "v".repeat(1 << 20);
    for (int i = 0; i < revisions; i++) {
      store.put("a", value);
    }
    // So many stand in line that those of one round are at different places.
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 3 * revisions; i++) {
      Client behind = store.client();
      behind.request(key("a").setStartRevision(2 + i % revisions));
      clients.add(behind);
    }
    for (int i = 0; i < clients.size(); i++) {
      assertTrue(clients.get(i).next().getCreated());
      long expected = 2L + i % revisions;
      for (Event event : clients.get(i).events(revisions - i % revisions)) {
        assertEquals(expected++, event.getKv().getModRevision());
      }
      assertEquals(0, clients.get(i).unread());
    }
  }

  @Test
  @DisplayName("53: watches go on behind a snapshot that was installed")
  void watchesSurviveAGap() throws Exception {
    client.create(key("a"));
    client.askForProgress();
    assertEquals(-1, client.next().getWatchId());
    // A second hub that is told of nothing until the end: for it, a snapshot was installed.
    try (io.metastore.core.task.TaskScope scope = io.metastore.core.task.TaskScope.open("gap")) {
      WatchHub other = WatchHub.open(store, WatchedStore::header, WatchedStore.options());
      other.start(scope);
      Client behind = new Client(other);
      behind.create(key("a"));
      behind.askForProgress();
      assertEquals(-1, behind.next().getWatchId());
      for (int i = 0; i < 20_000; i++) {
        store.put("a", "");
      }
      try (PublishedView view = store.acquire()) {
        other.published(view, List.of());
      }
      assertEquals(20_000, behind.events(20_000).size());
      other.close();
    }
    assertEquals(20_000, client.events(20_000).size());
  }

  @Test
  void everyStreamEndsWithTheStatusOfAStoppedServer() throws Exception {
    client.create(key("a"));
    store.hub().close();
    Eventually.is(() -> client.ended().equals(Optional.of(ErrorCode.STOPPED)));
    Client late = store.client();
    Eventually.is(() -> late.ended().equals(Optional.of(ErrorCode.STOPPED)));
  }

  @Test
  void requestsAreNotTakenFromAClientThatTakesNoAnswers() throws Exception {
    client.stop();
    for (int i = 1; i <= 127; i++) {
      int asked = i;
      client.request(key("a"));
      Eventually.is(() -> client.askedForMore() == asked);
    }
    client.request(key("a"));
    Eventually.is(() -> store.figure("watches_synced") == 128);
    assertEquals(127, client.askedForMore());
    client.go();
    Eventually.is(() -> client.askedForMore() == 128);
  }

  @Test
  void aClosedStreamLeavesNothingBehind() throws Exception {
    for (int i = 0; i < 100; i++) {
      client.create(key("a" + i % 10));
      client.create(range("a", "b" + i % 10));
    }
    assertEquals(200, store.figure("watches"));
    Eventually.is(() -> store.figure("watches_synced") == 200L);
    client.stream().close();
    assertEquals(0, store.figure("watches"));
    assertEquals(0, store.figure("watch_streams"));
    Eventually.is(() -> store.figure("watches_synced") == 0L);
  }
}
