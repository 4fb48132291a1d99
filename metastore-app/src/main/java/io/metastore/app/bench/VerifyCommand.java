package io.metastore.app.bench;

import static io.metastore.app.bench.OptionValues.invalid;
import static io.metastore.app.bench.OptionValues.requireBetween;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code metastore bench verify}. */
@Command(
    name = "verify",
    description = {
      "Check that every put in a file of 'bench put --record-acked' is there, with its value.",
      "Prints the keys that are not; exit code 1 then.",
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class VerifyCommand extends CommandWithHelp implements Callable<Integer> {
  private static final int CLIENTS = 100;
  private static final Duration SILENCE_MAX = Duration.ofSeconds(30);
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--endpoints",
      paramLabel = "<host:port>",
      split = ",",
      defaultValue = "127.0.0.1:2379",
      converter = OptionValues.Address.class,
      description = "Servers, separated by commas (${DEFAULT-VALUE}).")
  private List<Endpoint> endpoints = List.of();

  @Option(
      names = "--acked",
      paramLabel = "<file>",
      required = true,
      description = "The file that 'bench put --record-acked' wrote.")
  private Path acked = Path.of("");

  @Option(
      names = "--val-size",
      paramLabel = "<bytes>",
      defaultValue = "256",
      converter = OptionValues.Count.class,
      description = "The length of the values that were put (${DEFAULT-VALUE}).")
  private long valueSize;

  @Override
  public Integer call() throws InterruptedException {
    CommandLine command = spec.commandLine();
    requireBetween(command, "--val-size", valueSize, 0, Integer.MAX_VALUE);
    List<byte[]> keys;
    try {
      keys = AckLog.read(acked);
    } catch (IOException e) {
      throw invalid(command, "--acked", acked.toString(), "must be a file that can be read");
    }
    try (ConnectionPool pool = ConnectionPool.open(endpoints, endpoints.size(), 1, CONNECT_MAX)) {
      return verify(command, keys, pool);
    } catch (IOException e) {
      command.getErr().println("bench: " + e.getMessage());
      return 1;
    }
  }

  private int verify(CommandLine command, List<byte[]> keys, ConnectionPool pool)
      throws InterruptedException {
    VerifyWorkload workload = new VerifyWorkload(keys, (int) valueSize, command.getOut());
    Limits limits = new Limits(keys.size(), Limits.UNLIMITED, OptionalDouble.empty(), SILENCE_MAX);
    Outcome outcome =
        new ClosedLoop(workload, limits, pool.all(), CLIENTS)
            .run(new Progress("verify", command.getErr(), Progress.stderrIsTerminal()));
    command
        .getOut()
        .printf("verified %d of %d acknowledged puts%n", outcome.succeeded(), keys.size());
    outcome.errors().forEach((text, count) -> command.getOut().printf("%9d  %s%n", count, text));
    command.getOut().flush();
    return outcome.isClean() && outcome.succeeded() == keys.size() ? 0 : 1;
  }
}
