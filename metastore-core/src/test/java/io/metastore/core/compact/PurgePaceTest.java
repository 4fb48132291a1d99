package io.metastore.core.compact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class PurgePaceTest {
  private final PurgePace pace = new PurgePace(25, 7);

  @Test
  void restsAsLongAsTheStepTookWhileNobodyWrites() {
    assertEquals(10, pace.restNanos(10, 7));
  }

  @Test
  void restsManyTimesAsLongBesideWrites() {
    assertEquals(250, pace.restNanos(10, 8));
    assertEquals(250, pace.restNanos(10, 9));
    assertEquals(10, pace.restNanos(10, 9), "they have ended");
  }

  @Test
  void restsHalfAsLongForEachMarkThatItIsBehind() {
    pace.fellBehind();
    assertEquals(125, pace.restNanos(10, 8));
    pace.fellBehind();
    assertEquals(62, pace.restNanos(10, 9));
    for (int i = 0; i < 100; i++) {
      pace.fellBehind();
    }
    assertEquals(0, pace.restNanos(10, 10));
    pace.caughtUp();
    assertEquals(250, pace.restNanos(10, 11));
  }
}
