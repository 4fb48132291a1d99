package io.metastore.app.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code metastore bench verify}. */
@Command(
    name = "verify",
    description = {
      "Check that every put in a file of 'bench put --record-acked' is there, with its value.",
      "Prints the keys that are not; exit code 1 then.",
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class VerifyCommand extends CheckedCommand {
  private static final int CLIENTS = 100;
  private static final Duration SILENCE_MAX = Duration.ofSeconds(30);
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

  @Mixin private EndpointsOption endpoints = new EndpointsOption();
  @Mixin private ValueSizeOption valueSize = new ValueSizeOption();

  @Option(
      names = "--acked",
      paramLabel = "<file>",
      required = true,
      description = "The file that 'bench put --record-acked' wrote.")
  private Path acked = Path.of("");

  private List<byte[]> keys = List.of();

  @Override
  public void check(OptionChecks checks) {
    try {
      keys = AckLog.read(acked);
    } catch (IOException e) {
      throw checks.refused("--acked", acked, "must be a file that can be read");
    }
  }

  @Override
  int run() throws InterruptedException {
    CommandLine command = command();
    List<Endpoint> servers = endpoints.list();
    try (ConnectionPool pool = ConnectionPool.open(servers, servers.size(), 1, CONNECT_MAX)) {
      return verify(command, pool);
    } catch (IOException e) {
      command.getErr().println("bench: " + e.getMessage());
      return 1;
    }
  }

  private int verify(CommandLine command, ConnectionPool pool) throws InterruptedException {
    VerifyWorkload workload = new VerifyWorkload(keys, valueSize.bytes(), command.getOut());
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
