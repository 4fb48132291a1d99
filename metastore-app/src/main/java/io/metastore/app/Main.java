package io.metastore.app;

import io.metastore.app.cli.CommandLineInterface;

/** The program {@code metastore}. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    int code = CommandLineInterface.run(args, System.getenv(), System.out, System.err);
    System.exit(code);
  }
}
