package io.metastore.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private final StringWriter written = new StringWriter();

  private String shownAt(boolean terminal, int... seconds) {
    Progress progress = new Progress("put", new PrintWriter(written), terminal);
    for (int second : seconds) {
      progress.show(second * 100L, 0, TimeUnit.SECONDS.toNanos(second));
    }
    progress.clear();
    return written.toString();
  }

  @Test
  void aLogFileGetsALineEveryTenSeconds() {
    String line = "put: %,d done, 100/s, 0 failed, %d s" + System.lineSeparator();
    assertEquals(
        String.format(Locale.ROOT, line, 1000, 10) + String.format(Locale.ROOT, line, 2000, 20),
        shownAt(false, 1, 5, 10, 15, 20, 25));
  }

  @Test
  void aTerminalGetsOneLineThatIsTakenAway() {
    String erase = "\r\u001b[K";
    assertEquals(erase + "put: 100 done, 100/s, 0 failed, 1 s" + erase, shownAt(true, 1));
  }
}
