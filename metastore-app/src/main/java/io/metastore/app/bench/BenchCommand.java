package io.metastore.app.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code metastore bench}: loads any etcd-compatible server and says how it did.
 *
 * <p>Exit code 0 when every request was answered right, 1 when one was not or the server could not
 * be reached, 2 for a wrong option.
 */
@Command(
    name = "bench",
    description = "Load any etcd-compatible server and measure its throughput and latency.",
    subcommands = {
      PutCommand.class,
      RangeCommand.class,
      TxnCommand.class,
      WatchCommand.class,
      WatchLatencyCommand.class,
      LeaseKeepAliveCommand.class,
      CompactCommand.class,
      VerifyCommand.class,
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Try 'metastore bench put --help'. docs/benchmarks.md tells how to compare two servers.",
    })
public final class BenchCommand extends CommandWithHelp {
  /** The command, for picocli to fill. */
  public BenchCommand() {}

  /** The command by itself; a wrong option is one line on standard error and exit code 2. */
  public static CommandLine commandLine() {
    return new CommandLine(new BenchCommand())
        .setParameterExceptionHandler(
            (wrong, args) -> {
              CommandLine command = wrong.getCommandLine();
              command.getErr().println(wrong.getMessage());
              return command.getCommandSpec().exitCodeOnInvalidInput();
            });
  }
}
