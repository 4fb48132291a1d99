package io.metastore.app.cli;

import io.metastore.app.Versions;
import java.io.PrintStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code metastore version}. */
@Command(name = "version", description = "Prints the version and what it runs on.")
final class VersionCommand implements Runnable {
  private final PrintStream out;

  VersionCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public void run() {
    for (String line : lines()) {
      out.println(line);
    }
  }

  private static String[] lines() {
    return new String[] {
      "metastore " + Versions.metastore(),
      "etcd API " + Versions.ETCD_SERVER,
      "Java "
          + Runtime.version()
          + ", "
          + System.getProperty("os.name")
          + " "
          + System.getProperty("os.arch"),
    };
  }

  /** The same lines, for {@code --version}. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return lines();
    }
  }
}
