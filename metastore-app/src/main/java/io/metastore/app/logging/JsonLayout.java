package io.metastore.app.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.util.Locale;
import org.slf4j.event.KeyValuePair;

/**
 * A line for machines, one JSON object with etcd's (zap's) keys: {@code level}, {@code ts}, {@code
 * logger}, {@code msg}, then the event's own, then {@code error} and {@code stacktrace} if there
 * are any.
 */
final class JsonLayout extends LayoutBase<ILoggingEvent> {
  JsonLayout() {}

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(240);
    line.append("{\"level\":\"").append(event.getLevel().toString().toLowerCase(Locale.ROOT));
    line.append("\",\"ts\":\"");
    ConsoleLayout.TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
    line.append("\",\"logger\":");
    JsonText.quote(line, event.getLoggerName());
    line.append(",\"msg\":");
    JsonText.quote(line, event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        line.append(',');
        JsonText.quote(line, pair.key);
        line.append(':');
        if (pair.value instanceof Number || pair.value instanceof Boolean) {
          line.append(pair.value);
        } else {
          JsonText.quote(line, String.valueOf(pair.value));
        }
      }
    }
    if (event.getThrowableProxy() != null) {
      line.append(",\"error\":");
      JsonText.quote(line, String.valueOf(event.getThrowableProxy().getMessage()));
      line.append(",\"stacktrace\":");
      JsonText.quote(line, ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    return line.append("}\n").toString();
  }
}
