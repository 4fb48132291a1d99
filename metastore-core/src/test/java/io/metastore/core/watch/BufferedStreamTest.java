package io.metastore.core.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.core.message.Event;
import io.metastore.core.message.WatchResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream whose hub's tasks do not run: the test does what they would, in the order it wants. */
final class BufferedStreamTest {
  private static final List<Event> EVENTS = List.of(Event.getDefaultInstance());

  @TempDir Path directory;
  private WatchedStore store;
  private WatchHub hub;
  private Client client;
  private BufferedStream stream;
  private Watch watch;

  @BeforeEach
  void open() throws Exception {
    store = new WatchedStore(directory, WatchedStore.options());
    store.put("a", "");
    hub = WatchHub.open(store, WatchedStore::header, WatchedStore.options());
    client = new Client(hub);
    client.request(Client.key("a").setStartRevision(2));
    HubMessage.Arrived arrived = (HubMessage.Arrived) hub.mailbox().take();
    watch = arrived.watch();
    stream = watch.stream();
    stream.drain();
    assertTrue(client.next().getCreated());
    client.stop();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Caught offer(long from, long through) {
    return stream.offerHistory(watch, from, through, through, EVENTS, 1000);
  }

  /** The client has taken nothing for long. */
  private List<Watch> stall() {
    List<Watch> unsynced = new ArrayList<>();
    stream.lookAfter(1, unsynced);
    return unsynced;
  }

  @Test
  void anOfferThatADropOvertookIsRefused() {
    assertEquals(Caught.ADVANCED, offer(2, 5));
    stall();
    assertEquals(2, stream.positionOf(watch));
    assertEquals(Caught.MOVED, offer(6, 9));
    assertEquals(
        Caught.MOVED, stream.offerHistory(watch, 6, 9, 9, List.of(), 0), "nothing to send, but");
    assertEquals(2, stream.positionOf(watch));
  }

  @Test
  void aStalledStreamIsGivenNothingUntilItsClientGoesOn() throws Exception {
    assertEquals(Caught.ADVANCED, offer(2, 5));
    stall();
    assertEquals(0, hub.statistics().get("watch_waiting_bytes"));
    assertEquals(Caught.GONE, offer(2, 5));
    assertEquals(Watch.State.PARKED, watch.state);
    client.go();
    stream.drain();
    HubMessage message = hub.mailbox().take();
    while (!(message instanceof HubMessage.Resumed)) {
      message = hub.mailbox().take();
    }
    assertEquals(List.of(watch), stream.resume());
    assertEquals(Caught.ADVANCED, offer(2, 5));
  }

  @Test
  void whatADropTakesFromASyncedWatchIsTakenFromItsStart() {
    assertTrue(stream.sync(watch, 1, List.of(), 0));
    assertTrue(stream.offerLive(watch, 2, 4, EVENTS, 1000));
    assertTrue(stream.offerLive(watch, 5, 6, EVENTS, 1000));
    assertEquals(List.of(watch), stall());
    assertFalse(stream.offerLive(watch, 7, 7, EVENTS, 1000));
    assertEquals(List.of(watch), stream.resume());
    assertEquals(2, stream.positionOf(watch));
  }

  @Test
  void noticesOfProgressAreDroppedWithTheEventsBeforeThem() {
    assertTrue(stream.sync(watch, 1, List.of(), 0));
    assertTrue(stream.offerLive(watch, 2, 4, EVENTS, 1000));
    client.take(1);
    stream.progressOfAll(4);
    client.stop();
    stall();
    client.go();
    stream.drain();
    assertEquals(0, client.unread());
    assertEquals(List.of(watch), stream.resume());
    assertEquals(Caught.ADVANCED, offer(2, 4));
    stream.progressOfAll(4);
    stream.drain();
    WatchResponse events = client.next();
    assertEquals(1, events.getEventsCount());
    assertEquals(0, client.unread(), "a watch that catches up is told of no progress");
  }

  @Test
  void theFirstEntryHasRoomWhateverItsSize() {
    assertEquals(
        Caught.ADVANCED, stream.offerHistory(watch, 2, 2, 2, EVENTS, Integer.MAX_VALUE / 2));
    assertEquals(Caught.GONE, offer(3, 3));
    assertEquals(Watch.State.PARKED, watch.state);
  }
}
