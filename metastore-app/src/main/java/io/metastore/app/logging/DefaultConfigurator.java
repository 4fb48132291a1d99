package io.metastore.app.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.metastore.app.config.LogFormat;
import io.metastore.app.config.LogLevel;

/**
 * Logback's configuration until {@link Logging#start} is called: warnings, to standard error. A
 * program that embeds a server and brings a configuration of its own keeps it.
 */
public final class DefaultConfigurator extends ContextAwareBase implements Configurator {
  /** Called by {@link java.util.ServiceLoader}. */
  public DefaultConfigurator() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (isConfigured()) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Logging.configure(context, LogLevel.WARN, LogFormat.CONSOLE, System.err);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static boolean isConfigured() {
    return System.getProperty("logback.configurationFile") != null
        || ClassLoader.getSystemResource("logback.xml") != null
        || ClassLoader.getSystemResource("logback-test.xml") != null;
  }
}
