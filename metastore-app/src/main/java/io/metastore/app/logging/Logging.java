package io.metastore.app.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.metastore.app.config.LogFormat;
import io.metastore.app.config.LogLevel;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets logging up. */
public final class Logging {
  private static final String OURS = "io.metastore";
  private static final String RATIS = "org.apache.ratis";

  private Logging() {}

  /** Sends the logs of this process to standard error. */
  public static void start(LogLevel level, LogFormat format) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.reset();
      configure(context, level, format, System.err);
    }
    // gRPC, Guava and the JDK log through java.util.logging.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  static void configure(LoggerContext context, LogLevel level, LogFormat format, OutputStream out) {
    Layout<ILoggingEvent> layout =
        switch (format) {
          case CONSOLE -> new ConsoleLayout();
          case JSON -> new JsonLayout();
        };
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setEncoder(encoder);
    appender.setOutputStream(new NeverClosed(out));
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level == LogLevel.ERROR ? Level.ERROR : Level.WARN);
    root.addAppender(appender);
    // gRPC warns, with a stack trace, of what clients do wrong.
    context.getLogger("io.grpc").setLevel(Level.ERROR);
    // Ratis warns, with stack traces and again and again, of members that are down and of leaders
    // that change: what a user should know of that is in lines of ours.
    context.getLogger(RATIS).setLevel(level == LogLevel.DEBUG ? Level.WARN : Level.ERROR);
    context
        .getLogger(OURS)
        .setLevel(
            switch (level) {
              case DEBUG -> Level.DEBUG;
              case INFO -> Level.INFO;
              case WARN -> Level.WARN;
              case ERROR -> Level.ERROR;
            });
  }

  /** Standard error outlives the appender, which closes what it writes to. */
  private static final class NeverClosed extends FilterOutputStream {
    NeverClosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
