package io.metastore.app.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Tells a waiting user how far a run is: one line that is written over on a terminal, a new line
 * every ten seconds anywhere else.
 *
 * <p>Used by the thread that waits for the run.
 */
final class Progress {
  private static final long TERMINAL_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LOG_PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final String ERASE_LINE = "\r\u001b[K";

  private final String label;
  private final PrintWriter err;
  private final boolean terminal;
  private long shownNanos;
  private long shownCount;
  private boolean dirty;

  /** Progress under this label. */
  Progress(String label, PrintWriter err, boolean terminal) {
    this.label = label;
    this.err = err;
    this.terminal = terminal;
  }

  /** True when standard error is a terminal, as far as can be told without native code. */
  static boolean stderrIsTerminal() {
    try {
      Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/2"));
      return target.startsWith("/dev/pts") || target.toString().startsWith("/dev/tty");
    } catch (IOException | UnsupportedOperationException noProcFileSystem) {
      // Sparse lines are right everywhere, so no answer counts as no.
      return false;
    }
  }

  /** Shows the state if it is time to; the counts are since the start of the run. */
  void show(long succeeded, long failed, long elapsedNanos) {
    long period = terminal ? TERMINAL_PERIOD_NANOS : LOG_PERIOD_NANOS;
    if (elapsedNanos - shownNanos < period) {
      return;
    }
    double perSecond = (succeeded - shownCount) * 1e9 / (elapsedNanos - shownNanos);
    String line =
        String.format(
            Locale.ROOT,
            "%s: %,d done, %,.0f/s, %,d failed, %.0f s",
            label,
            succeeded,
            perSecond,
            failed,
            elapsedNanos / 1e9);
    err.print(terminal ? ERASE_LINE + line : line + System.lineSeparator());
    err.flush();
    shownNanos = elapsedNanos;
    shownCount = succeeded;
    dirty = terminal;
  }

  /** Takes the line off the terminal, so that the summary starts on an empty one. */
  void clear() {
    if (dirty) {
      err.print(ERASE_LINE);
      err.flush();
    }
  }
}
