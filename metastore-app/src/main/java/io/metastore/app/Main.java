package io.metastore.app;

import io.metastore.app.cli.CommandLineInterface;

/** The program {@code metastore}. */
public final class Main {
  private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    // With a single carrier thread one native call holds up every loop and every request. The JDK
    // reads the property when the first virtual thread is made.
    if (Runtime.getRuntime().availableProcessors() < 2 && System.getProperty(CARRIERS) == null) {
      System.setProperty(CARRIERS, "2");
    }
    int code = CommandLineInterface.run(args, System.getenv(), System.out, System.err);
    System.exit(code);
  }
}
