package io.metastore.testkit.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HistoryRecorderTest {
  private final AtomicLong clock = new AtomicLong();
  private final HistoryRecorder recorder = new HistoryRecorder(clock::incrementAndGet);

  @Test
  void operationsHaveTheTimesBetweenWhichTheyRan() {
    HistoryRecorder.Running put = recorder.begin("a", "k", new Action.Put("1"));
    HistoryRecorder.Running delete = recorder.begin("b", "k", new Action.Delete());
    delete.end(new Outcome.Unknown("timed out"));
    put.end(new Outcome.Written());
    assertEquals(
        List.of(
            new Operation("b", "k", new Action.Delete(), new Outcome.Unknown("timed out"), 2, 3),
            new Operation("a", "k", new Action.Put("1"), new Outcome.Written(), 1, 4)),
        recorder.operations());
  }

  @Test
  void anOperationEndsOnce() {
    HistoryRecorder.Running put = recorder.begin("a", "k", new Action.Put("1"));
    put.end(new Outcome.Written());
    assertThrows(IllegalStateException.class, () -> put.end(new Outcome.Unknown("late")));
    assertEquals(1, recorder.operations().size());
  }
}
