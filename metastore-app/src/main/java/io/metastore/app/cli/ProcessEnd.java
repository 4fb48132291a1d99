package io.metastore.app.cli;

import io.metastore.app.Server;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the process of a server ends: by a signal, cleanly and with exit code 0, or by a failure of
 * the node, with one line in the log and exit code 1.
 *
 * <p>The JVM runs shutdown hooks on the first signal and ignores every later one, and would then
 * exit with 128 plus the signal's number; the hook halts with 0 after a clean stop, as etcd does.
 */
final class ProcessEnd {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessEnd.class);

  /** Longest time from the signal to the end; service managers kill after some 10 s. */
  private static final Duration STOP_TIME_MAX = Duration.ofMillis(4800);

  private final Server server;
  private volatile boolean failed; // set by the main thread before it leaves

  private ProcessEnd(Server server) {
    this.server = server;
  }

  /** Makes signals stop a server. */
  static ProcessEnd onSignal(Server server) {
    ProcessEnd end = new ProcessEnd(server);
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("metastore-stop").unstarted(end::shutdown));
    return end;
  }

  /** Waits for the server's end and gives the exit code. */
  int await() throws InterruptedException {
    try {
      server.terminated().get();
      return 0;
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      LOG.atError().addKeyValue("cause", cause.toString()).log("node failed, server stops");
      failed = true;
      return CommandLineInterface.FAILED;
    }
  }

  private void shutdown() {
    Thread closing = Thread.ofPlatform().name("metastore-close").start(server::close);
    boolean closed = false;
    try {
      closed = closing.join(STOP_TIME_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!closed) {
      LOG.atError()
          .addKeyValue("waited", STOP_TIME_MAX)
          .log("server does not stop in time, ending the process");
    }
    Runtime.getRuntime().halt(closed && !failed ? 0 : CommandLineInterface.FAILED);
  }
}
