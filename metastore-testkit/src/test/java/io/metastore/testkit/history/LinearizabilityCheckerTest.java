package io.metastore.testkit.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.testkit.history.Action.CompareAndSwap;
import io.metastore.testkit.history.Action.Delete;
import io.metastore.testkit.history.Action.Get;
import io.metastore.testkit.history.Action.Put;
import io.metastore.testkit.history.Outcome.Deleted;
import io.metastore.testkit.history.Outcome.Failed;
import io.metastore.testkit.history.Outcome.Read;
import io.metastore.testkit.history.Outcome.Swapped;
import io.metastore.testkit.history.Outcome.Unknown;
import io.metastore.testkit.history.Outcome.Written;
import io.metastore.testkit.storage.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearizabilityCheckerTest {
  private static final Outcome WRITTEN = new Written();
  private static final Outcome UNKNOWN = new Unknown("timed out");
  private static final Outcome NOTHING = new Read(Optional.empty());

  private final List<Operation> history = new ArrayList<>();

  private void put(String value, Outcome outcome, long from, long to) {
    history.add(new Operation("c" + history.size(), "k", new Put(value), outcome, from, to));
  }

  private void get(Outcome outcome, long from, long to) {
    history.add(new Operation("c" + history.size(), "k", new Get(), outcome, from, to));
  }

  private void delete(Outcome outcome, long from, long to) {
    history.add(new Operation("c" + history.size(), "k", new Delete(), outcome, from, to));
  }

  private void swap(String expected, String value, Outcome outcome, long from, long to) {
    Action action =
        new CompareAndSwap(expected.isEmpty() ? Optional.empty() : Optional.of(expected), value);
    history.add(new Operation("c" + history.size(), "k", action, outcome, from, to));
  }

  private static Outcome read(String value) {
    return new Read(Optional.of(value));
  }

  private void assertGood() {
    assertEquals(new Verdict.Linearizable(), LinearizabilityChecker.check(history));
  }

  private Verdict.Violation assertBad() {
    return assertInstanceOf(Verdict.Violation.class, LinearizabilityChecker.check(history));
  }

  @Test
  void nothingIsLinearizable() {
    assertGood();
  }

  @Test
  void oneAfterTheOtherIsGood() {
    get(NOTHING, 0, 1);
    put("a", WRITTEN, 2, 3);
    get(read("a"), 4, 5);
    swap("a", "b", new Swapped(true), 6, 7);
    swap("a", "c", new Swapped(false), 8, 9);
    get(read("b"), 10, 11);
    delete(new Deleted(true), 12, 13);
    delete(new Deleted(false), 14, 15);
    get(NOTHING, 16, 17);
    swap("", "d", new Swapped(true), 18, 19);
    get(read("d"), 20, 21);
    assertGood();
  }

  @Test
  void overlappingOperationsMayHappenInEitherOrder() {
    put("a", WRITTEN, 0, 10);
    put("b", WRITTEN, 5, 15);
    get(read("a"), 16, 17);
    assertGood();
    get(read("b"), 18, 19);
    assertBad();
  }

  @Test
  void aReadDuringAWriteMaySeeItOrNot() {
    put("a", WRITTEN, 0, 1);
    put("b", WRITTEN, 10, 20);
    get(read("a"), 11, 12);
    get(read("b"), 13, 14);
    assertGood();
  }

  @Test
  void aStaleReadIsFound() {
    put("a", WRITTEN, 0, 1);
    put("b", WRITTEN, 2, 3);
    get(read("a"), 4, 5);
    String explanation = assertBad().explanation();
    assertTrue(explanation.contains("Put[value=b]"), explanation);
    assertTrue(explanation.contains("c2  Get[]"), explanation);
  }

  @Test
  void aLostWriteIsFound() {
    put("a", WRITTEN, 0, 1);
    get(NOTHING, 2, 3);
    assertBad();
  }

  @Test
  void aLostDeleteIsFound() {
    put("a", WRITTEN, 0, 1);
    delete(new Deleted(true), 2, 3);
    get(read("a"), 4, 5);
    assertBad();
  }

  @Test
  void aWriteThatIsAppliedTwiceIsFound() {
    put("a", WRITTEN, 0, 1);
    put("b", WRITTEN, 2, 3);
    get(read("b"), 4, 5);
    // Applied again, by a leader that had lost the answer.
    get(read("a"), 6, 7);
    assertBad();
  }

  @Test
  void aSwapThatIsAppliedTwiceIsFound() {
    put("a", WRITTEN, 0, 1);
    swap("a", "b", new Swapped(true), 2, 3);
    swap("a", "b", new Swapped(true), 4, 5);
    assertBad();
  }

  @Test
  void twoSwapsOfOneValueCannotBothSucceed() {
    put("a", WRITTEN, 0, 1);
    swap("a", "b", new Swapped(true), 2, 10);
    swap("a", "c", new Swapped(true), 3, 11);
    assertBad();
  }

  @Test
  void readsThatGoBackAreFoundAlsoDuringTheWrite() {
    put("a", WRITTEN, 0, 1);
    put("b", WRITTEN, 10, 20);
    get(read("b"), 11, 12);
    get(read("a"), 13, 14);
    assertBad();
  }

  @Test
  void aValueThatNobodyWroteIsFound() {
    put("a", WRITTEN, 0, 1);
    get(read("x"), 2, 3);
    assertBad();
  }

  @Test
  void anUnknownWriteMayNeverTakeEffect() {
    put("a", WRITTEN, 0, 1);
    put("b", UNKNOWN, 2, 3);
    get(read("a"), 4, 5);
    get(read("a"), 100, 101);
    assertGood();
  }

  @Test
  void anUnknownWriteMayTakeEffectLater() {
    put("a", WRITTEN, 0, 1);
    put("b", UNKNOWN, 2, 3);
    get(read("a"), 4, 5);
    get(read("b"), 100, 101);
    assertGood();
  }

  @Test
  void anUnknownWriteTakesEffectOnceAtMost() {
    put("b", UNKNOWN, 0, 1);
    get(read("b"), 2, 3);
    put("a", WRITTEN, 4, 5);
    get(read("a"), 6, 7);
    assertGood();
    get(read("b"), 8, 9);
    assertBad();
  }

  @Test
  void anUnknownWriteHasNoEffectBeforeItBegan() {
    get(read("b"), 0, 1);
    put("b", UNKNOWN, 2, 3);
    assertBad();
  }

  @Test
  void unknownSwapsMayDependOnOneAnother() {
    put("a", WRITTEN, 0, 1);
    swap("a", "b", UNKNOWN, 2, 3);
    swap("b", "c", UNKNOWN, 2, 3);
    get(read("c"), 4, 5);
    assertGood();
    swap("b", "d", new Swapped(true), 6, 7);
    assertBad();
  }

  @Test
  void manyUnknownWritesThatNobodySawTakeNoTime() {
    for (int i = 0; i < 200; i++) {
      put("u" + i, UNKNOWN, i, i + 1);
      swap("u" + i, "s" + i, UNKNOWN, i, i + 1);
      delete(UNKNOWN, i, i + 1);
    }
    put("a", WRITTEN, 300, 301);
    get(read("a"), 302, 303);
    assertGood();
    get(read("b"), 304, 305);
    assertBad();
  }

  @Test
  void anUnknownWriteMayHaveMadeASwapFailOrADeleteFindSomething() {
    put("a", WRITTEN, 0, 1);
    put("b", UNKNOWN, 2, 3);
    swap("a", "c", new Swapped(false), 4, 5);
    get(read("b"), 6, 7);
    delete(new Deleted(true), 8, 9);
    assertGood();
    put("d", UNKNOWN, 10, 11);
    delete(new Deleted(true), 12, 13);
    assertGood();
    delete(new Deleted(true), 14, 15);
    assertBad();
  }

  @Test
  void aFailedWriteHasNoEffect() {
    put("a", new Failed("too many requests"), 0, 1);
    get(NOTHING, 2, 3);
    assertGood();
    get(read("a"), 4, 5);
    assertBad();
  }

  @Test
  void aReadWithoutAnAnswerSaysNothing() {
    get(UNKNOWN, 0, 1);
    get(new Failed("no leader"), 0, 1);
    assertGood();
  }

  @Test
  void everyKeyIsJudgedByItself() {
    put("a", WRITTEN, 0, 1);
    history.add(new Operation("c", "other", new Get(), NOTHING, 2, 3));
    assertGood();
    history.add(new Operation("c", "other", new Get(), read("a"), 4, 5));
    assertEquals("other", assertBad().key());
  }

  @Test
  void aSearchThatTakesTooLongIsGivenUp() {
    for (int i = 0; i < 30; i++) {
      put("v" + i, WRITTEN, i, 1000 + i);
    }
    get(read("x"), 2000, 2001);
    assertEquals(new Verdict.Undecided("k", 10_000), LinearizabilityChecker.check(history, 10_000));
  }

  /** Runs of a register by random clients are good, and bad once a read's answer is exchanged. */
  @Test
  void randomRunsAreGoodAndWithAStaleAnswerBad() {
    Random random = Seed.random("randomRunsAreGoodAndWithAStaleAnswerBad");
    for (int round = 0; round < 20; round++) {
      history.clear();
      history.addAll(RandomRun.of(random, 300));
      assertGood();
      List<Integer> reads = new ArrayList<>();
      for (int i = 0; i < history.size(); i++) {
        if (history.get(i).outcome() instanceof Read) {
          reads.add(i);
        }
      }
      int stale = reads.get(random.nextInt(reads.size()));
      Operation read = history.get(stale);
      history.set(
          stale,
          new Operation(
              read.client(),
              read.key(),
              read.action(),
              read("never written"),
              read.invokedNanos(),
              read.returnedNanos()));
      assertBad();
    }
  }
}
