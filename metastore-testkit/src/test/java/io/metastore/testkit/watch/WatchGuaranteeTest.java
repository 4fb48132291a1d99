package io.metastore.testkit.watch;

import static io.metastore.testkit.watch.WatchGuarantee.ATOMIC;
import static io.metastore.testkit.watch.WatchGuarantee.BOOKMARKABLE;
import static io.metastore.testkit.watch.WatchGuarantee.FILTERABLE;
import static io.metastore.testkit.watch.WatchGuarantee.ORDERED;
import static io.metastore.testkit.watch.WatchGuarantee.PREV_KV;
import static io.metastore.testkit.watch.WatchGuarantee.RELIABLE;
import static io.metastore.testkit.watch.WatchGuarantee.RESUMABLE;
import static io.metastore.testkit.watch.WatchGuarantee.UNIQUE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.metastore.testkit.model.Command.Watch;
import io.metastore.testkit.model.KeyEvent;
import io.metastore.testkit.model.KeyState;
import io.metastore.testkit.model.Keys;
import io.metastore.testkit.watch.RecordedWatch.Part;
import io.metastore.testkit.watch.RecordedWatch.Response;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each guarantee broken in its plainest ways, on one short history; no other is broken then. */
final class WatchGuaranteeTest {
  private static final KeyState A_AT_2 = new KeyState("a", "1", 2, 2, 1, 0);
  private static final KeyState A_AT_3 = new KeyState("a", "2", 2, 3, 2, 0);
  private static final KeyState B_AT_3 = new KeyState("b", "1", 3, 3, 1, 0);
  private static final KeyState B_AT_5 = new KeyState("b", "2", 3, 5, 2, 0);

  private static final KeyEvent PUT_A_2 = put(A_AT_2, Optional.empty());
  private static final KeyEvent PUT_A_3 = put(A_AT_3, Optional.of(A_AT_2));
  private static final KeyEvent PUT_B_3 = put(B_AT_3, Optional.empty());
  private static final KeyEvent DELETE_A_4 =
      new KeyEvent(false, new KeyState("a", "", 0, 4, 0, 0), Optional.of(A_AT_3));
  private static final KeyEvent PUT_B_5 = put(B_AT_5, Optional.of(B_AT_3));

  private static final List<KeyEvent> ALL = List.of(PUT_A_2, PUT_A_3, PUT_B_3, DELETE_A_4, PUT_B_5);
  private static final Watch EVERYTHING = new Watch(Keys.all(), 2, true, true, true);

  private static KeyEvent put(KeyState key, Optional<KeyState> previous) {
    return new KeyEvent(true, key, previous);
  }

  private static Response told(KeyEvent... events) {
    return new Response(9, List.of(events), false);
  }

  private static Response fragment(KeyEvent... events) {
    return new Response(9, List.of(events), true);
  }

  private static Response bookmark(long revision) {
    return new Response(revision, List.of(), false);
  }

  private static void assertBroken(Set<WatchGuarantee> expected, Watch asked, Part... parts) {
    RecordedWatch watch = new RecordedWatch(asked, List.of(parts));
    assertEquals(expected, WatchGuarantee.broken(watch, new EventHistory(ALL, -1)).keySet());
  }

  private static void assertBroken(WatchGuarantee expected, Watch asked, Response... responses) {
    assertBroken(Set.of(expected), asked, new Part(asked.from(), List.of(responses)));
  }

  private static void assertHolds(Watch asked, Response... responses) {
    assertBroken(Set.of(), asked, new Part(asked.from(), List.of(responses)));
  }

  @Test
  void allHoldWhenEverythingComesInOrder() {
    assertHolds(
        EVERYTHING,
        told(PUT_A_2),
        told(PUT_A_3, PUT_B_3),
        told(DELETE_A_4),
        bookmark(4),
        bookmark(4),
        told(PUT_B_5),
        bookmark(5));
    assertHolds(EVERYTHING, told(PUT_A_2, PUT_A_3, PUT_B_3, DELETE_A_4, PUT_B_5));
  }

  @Test
  void allHoldForFilteredWatches() {
    Watch puts = new Watch(Keys.of("a"), 2, true, true, false);
    assertHolds(puts, told(PUT_A_2), told(PUT_A_3));
    Watch late = new Watch(Keys.of("b"), 4, false, true, true);
    assertHolds(late, told(PUT_B_5.plain()));
    assertHolds(new Watch(Keys.of("c"), 2, true, true, true));
  }

  @Test
  void filterableFailsForAnotherKey() {
    Watch onlyA = new Watch(Keys.of("a"), 2, true, true, true);
    assertBroken(FILTERABLE, onlyA, told(PUT_A_2), told(PUT_A_3, PUT_B_3), told(DELETE_A_4));
  }

  @Test
  void filterableFailsForAKindThatWasFilteredOut() {
    Watch deletes = new Watch(Keys.of("a"), 2, true, false, true);
    assertBroken(FILTERABLE, deletes, told(PUT_A_2), told(DELETE_A_4));
  }

  @Test
  void filterableFailsForAnEventBelowTheStart() {
    Watch late = new Watch(Keys.of("b"), 4, true, true, true);
    assertBroken(FILTERABLE, late, told(PUT_B_3), told(PUT_B_5));
  }

  @Test
  void orderedFailsWhenRevisionsAreExchanged() {
    assertBroken(
        ORDERED,
        EVERYTHING,
        told(PUT_A_2),
        told(DELETE_A_4),
        told(PUT_A_3, PUT_B_3),
        told(PUT_B_5));
  }

  @Test
  void orderedFailsWithinARevision() {
    assertBroken(
        ORDERED,
        EVERYTHING,
        told(PUT_A_2),
        told(PUT_B_3, PUT_A_3),
        told(DELETE_A_4),
        told(PUT_B_5));
  }

  @Test
  void uniqueFailsForAnEventThatComesTwice() {
    assertBroken(
        UNIQUE,
        EVERYTHING,
        told(PUT_A_2),
        told(PUT_A_3, PUT_B_3),
        told(DELETE_A_4, DELETE_A_4),
        told(PUT_B_5));
  }

  @Test
  void uniqueHoldsForAnEventThatIsAskedForAgain() {
    assertBroken(
        Set.of(),
        EVERYTHING,
        new Part(2, List.of(told(PUT_A_2), fragment(PUT_A_3))),
        new Part(3, List.of(told(PUT_A_3, PUT_B_3), told(DELETE_A_4), told(PUT_B_5))));
  }

  @Test
  void atomicFailsForARevisionInTwoResponses() {
    assertBroken(
        ATOMIC,
        EVERYTHING,
        told(PUT_A_2),
        told(PUT_A_3),
        told(PUT_B_3),
        told(DELETE_A_4),
        told(PUT_B_5));
  }

  @Test
  void atomicHoldsForFragments() {
    assertHolds(
        EVERYTHING, fragment(PUT_A_2, PUT_A_3), told(PUT_B_3), told(DELETE_A_4), told(PUT_B_5));
  }

  @Test
  void bookmarkableFailsForAnEventBehindItsBookmark() {
    assertBroken(
        BOOKMARKABLE,
        EVERYTHING,
        told(PUT_A_2),
        told(PUT_A_3, PUT_B_3),
        bookmark(4),
        told(DELETE_A_4),
        told(PUT_B_5));
  }

  @Test
  void bookmarkableFailsWhenABookmarkGoesBack() {
    assertBroken(
        BOOKMARKABLE,
        EVERYTHING,
        told(PUT_A_2),
        told(PUT_A_3, PUT_B_3),
        told(DELETE_A_4),
        bookmark(4),
        bookmark(3),
        told(PUT_B_5));
  }

  @Test
  void bookmarkableFailsBelowTheStart() {
    Watch late = new Watch(Keys.of("b"), 5, true, true, true);
    assertBroken(BOOKMARKABLE, late, bookmark(3), told(PUT_B_5));
  }

  @Test
  void resumableFailsWhenAResumedStreamBeginsTooLate() {
    assertBroken(
        Set.of(RESUMABLE),
        EVERYTHING,
        new Part(2, List.of(told(PUT_A_2), told(PUT_A_3, PUT_B_3))),
        new Part(4, List.of(told(PUT_B_5))));
  }

  @Test
  void reliableFailsForARevisionThatNeverComes() {
    assertBroken(RELIABLE, EVERYTHING, told(PUT_A_2), told(DELETE_A_4), told(PUT_B_5));
  }

  @Test
  void reliableFailsForAKeyOfARevisionThatNeverComes() {
    assertBroken(
        RELIABLE, EVERYTHING, told(PUT_A_2), told(PUT_A_3), told(DELETE_A_4), told(PUT_B_5));
  }

  @Test
  void reliableFailsWhenTheEndIsMissing() {
    assertBroken(RELIABLE, EVERYTHING, told(PUT_A_2), told(PUT_A_3, PUT_B_3), told(DELETE_A_4));
    assertBroken(RELIABLE, EVERYTHING);
  }

  @Test
  void reliableFailsForABookmarkThatPassesOverAnEventOfABrokenStream() {
    assertBroken(
        Set.of(RELIABLE),
        EVERYTHING,
        new Part(2, List.of(told(PUT_A_2), told(PUT_A_3, PUT_B_3), bookmark(4))),
        new Part(5, List.of(told(PUT_B_5))));
  }

  @Test
  void reliableFailsForAnotherValueAndForWhatNeverHappened() {
    KeyEvent changed = put(new KeyState("b", "3", 3, 5, 2, 0), Optional.of(B_AT_3));
    assertBroken(
        RELIABLE,
        EVERYTHING,
        told(PUT_A_2),
        told(PUT_A_3, PUT_B_3),
        told(DELETE_A_4),
        told(changed));
    KeyEvent invented = put(new KeyState("c", "", 6, 6, 1, 0), Optional.empty());
    assertBroken(
        RELIABLE,
        EVERYTHING,
        told(PUT_A_2),
        told(PUT_A_3, PUT_B_3),
        told(DELETE_A_4),
        told(PUT_B_5),
        told(invented));
  }

  @Test
  void prevKvFailsWhenItIsMissingWrongOrUnasked() {
    Watch onlyB = new Watch(Keys.of("b"), 4, true, true, true);
    assertBroken(PREV_KV, onlyB, told(PUT_B_5.plain()));
    assertBroken(PREV_KV, onlyB, told(put(B_AT_5, Optional.of(A_AT_2))));
    Watch plain = new Watch(Keys.of("b"), 4, false, true, true);
    assertBroken(PREV_KV, plain, told(PUT_B_5));
    Watch create = new Watch(Keys.of("a"), 2, true, true, false);
    assertBroken(PREV_KV, create, told(put(A_AT_2, Optional.of(A_AT_2))), told(PUT_A_3));
  }

  @Test
  void prevKvMayBeMissingWhenItIsCompacted() {
    RecordedWatch watch =
        new RecordedWatch(
            new Watch(Keys.of("b"), 5, true, true, true),
            List.of(new Part(5, List.of(told(PUT_B_5.plain())))));
    assertEquals(Set.of(), WatchGuarantee.broken(watch, new EventHistory(ALL, 5)).keySet());
    assertEquals(Set.of(PREV_KV), WatchGuarantee.broken(watch, new EventHistory(ALL, 4)).keySet());
  }
}
