package io.metastore.app;

import io.metastore.app.cli.CommandLineInterface;

/** The program {@code metastore}. */
public final class Main {
  private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

  /** As {@code sysexits.h} has it for an error in the program itself. */
  private static final int BROKEN = 70;

  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    // With a single carrier thread one native call holds up every loop and every request. The JDK
    // reads the property when the first virtual thread is made.
    if (Runtime.getRuntime().availableProcessors() < 2 && System.getProperty(CARRIERS) == null) {
      System.setProperty(CARRIERS, "2");
    }
    System.exit(run(args));
  }

  // Whatever breaks off a start leaves threads behind, which would keep the process: it ends here.
  @SuppressWarnings("CatchAndPrintStackTrace")
  private static int run(String[] args) {
    try {
      return CommandLineInterface.run(args, System.getenv(), System.out, System.err);
    } catch (RuntimeException | Error e) {
      e.printStackTrace();
      return BROKEN;
    }
  }
}
