package io.metastore.app.bench;

import picocli.CommandLine.Option;

/** A command with the option that all have; picocli looks for options in superclasses too. */
abstract class CommandWithHelp {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli itself acts on it
  private boolean help;
}
