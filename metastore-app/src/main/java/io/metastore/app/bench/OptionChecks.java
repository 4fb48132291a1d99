package io.metastore.app.bench;

import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** What option values are held to: each method fails with one line that says what is allowed. */
final class OptionChecks {
  private static final int RATE_MAX = 1_000_000_000;

  private final CommandLine command;

  /** Checks for the options of a command. */
  OptionChecks(CommandLine command) {
    this.command = command;
  }

  void between(String option, long value, long min, long max) {
    allow(value >= min && value <= max, option, value, "must be from " + min + " to " + max);
  }

  void longerThanNothing(String option, Duration value) {
    allow(!value.isZero(), option, 0, "must be longer than nothing");
  }

  /** Events per second. */
  void rate(String option, Optional<Double> value) {
    // Written so that NaN fails too.
    value.ifPresent(
        rate ->
            allow(
                rate > 0 && rate <= RATE_MAX,
                option,
                rate,
                "must be above 0 and at most " + RATE_MAX));
  }

  /** Any other condition. */
  void allow(boolean condition, String option, Object value, String allowed) {
    if (!condition) {
      throw refused(option, value, allowed);
    }
  }

  /** The error of picocli's own form for this option. */
  ParameterException refused(String option, Object value, String allowed) {
    return new ParameterException(
        command, "Invalid value for option '" + option + "': '" + value + "' " + allowed);
  }
}
