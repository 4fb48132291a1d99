package io.metastore.app.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.metastore.app.config.LogFormat;
import io.metastore.app.config.LogLevel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

final class LayoutTest {
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

  private final LoggerContext context = new LoggerContext();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @AfterEach
  void stop() {
    context.stop();
  }

  private Logger logger(LogLevel level, LogFormat format, String name) {
    context.setMDCAdapter(new LogbackMDCAdapter()); // which SLF4J gives to its own context only
    Logging.configure(context, level, format, out);
    return context.getLogger(name);
  }

  private String lines() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void consoleLineHasKeysAndQuotesWhereNeeded() {
    logger(LogLevel.INFO, LogFormat.CONSOLE, "io.metastore.x")
        .atInfo()
        .addKeyValue("name", "a")
        .addKeyValue("why", "two words")
        .log("it happened");
    assertTrue(lines().matches(TIME + " INFO  it happened name=a why=\"two words\"\n"), lines());
  }

  @Test
  void jsonLineIsOneObjectWithEtcdsKeys() {
    logger(LogLevel.INFO, LogFormat.JSON, "io.metastore.x")
        .atWarn()
        .addKeyValue("count", 3)
        .addKeyValue("text", "a\"b\nc")
        .setCause(new IllegalStateException("broken"))
        .log("it \u0001 happened");
    assertTrue(
        lines()
            .matches(
                "\\{\"level\":\"warn\",\"ts\":\""
                    + TIME
                    + "\",\"logger\":\"io\\.metastore\\.x\",\"msg\":\"it \\\\u0001 happened\","
                    + "\"count\":3,\"text\":\"a\\\\\"b\\\\nc\",\"error\":\"broken\","
                    + "\"stacktrace\":\".*\"\\}\n"),
        lines());
    assertEquals(1, lines().lines().count());
  }

  @Test
  void librariesAreSilentBelowWarn() {
    logger(LogLevel.DEBUG, LogFormat.CONSOLE, "io.grpc.netty").info("not to be seen");
    assertEquals("", lines());
    context.getLogger("io.metastore.raft").debug("to be seen");
    assertTrue(lines().contains("to be seen"));
  }

  @Test
  void ofRatisOnlyErrorsAreToldUnlessAllIs() {
    logger(LogLevel.INFO, LogFormat.CONSOLE, "org.apache.ratis.grpc").warn("follower failed");
    assertEquals("", lines());
    context.getLogger("org.apache.ratis.server").error("to be seen");
    assertTrue(lines().contains("to be seen"));
    logger(LogLevel.DEBUG, LogFormat.CONSOLE, "org.apache.ratis.grpc").warn("follower failed");
    assertTrue(lines().contains("follower failed"));
  }

  @Test
  void levelIsKept() {
    Logger logger = logger(LogLevel.ERROR, LogFormat.CONSOLE, "io.metastore.x");
    logger.warn("not to be seen");
    logger.error("to be seen");
    assertEquals(1, lines().lines().count());
  }
}
