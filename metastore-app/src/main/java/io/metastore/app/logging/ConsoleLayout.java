package io.metastore.app.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import org.slf4j.event.KeyValuePair;

/**
 * A line for people: {@code 2026-11-22T10:15:30.123Z INFO serving clients member=default
 * urls=http://127.0.0.1:2379}. A stack trace follows on lines of its own when an unexpected
 * exception is logged.
 */
final class ConsoleLayout extends LayoutBase<ILoggingEvent> {
  /** ISO 8601 in UTC, always with milliseconds. */
  static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter().withZone(ZoneOffset.UTC);

  ConsoleLayout() {}

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    line.append(' ').append(event.getLevel());
    if (event.getLevel() == Level.INFO || event.getLevel() == Level.WARN) {
      line.append(' ');
    }
    line.append(' ').append(event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        line.append(' ').append(pair.key).append('=');
        value(line, String.valueOf(pair.value));
      }
    }
    line.append('\n');
    if (event.getThrowableProxy() != null) {
      line.append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    return line.toString();
  }

  private static void value(StringBuilder line, String value) {
    boolean plain = !value.isEmpty() && value.chars().allMatch(c -> c > ' ' && c != '"');
    if (plain) {
      line.append(value);
    } else {
      JsonText.quote(line, value);
    }
  }
}
