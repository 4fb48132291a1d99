package io.metastore.app.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code metastore bench lease-keepalive}. */
@Command(
    name = "lease-keepalive",
    description = {
      "Renew leases, in turns, on streams with one renewal outstanding each.",
      "The leases are granted before and revoked after.",
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class LeaseKeepAliveCommand extends CheckedCommand {
  private static final int LEASES_MAX = 10_000_000;
  private static final int STREAMS_MAX = 100_000;
  private static final long TTL_MAX = 9_000_000_000L;
  private static final int GRANT_CLIENTS = 100;

  @Mixin private RunOptions options = new RunOptions();

  @Option(
      names = "--leases",
      paramLabel = "<n>",
      defaultValue = "1000",
      converter = OptionValues.Count.class,
      description = "Leases to renew (${DEFAULT-VALUE}).")
  private long leases;

  @Option(
      names = "--ttl",
      paramLabel = "<seconds>",
      defaultValue = "300",
      converter = OptionValues.Count.class,
      description = "The leases' time to live (${DEFAULT-VALUE}).")
  private long ttl;

  @Option(
      names = "--streams",
      paramLabel = "<n>",
      defaultValue = "10",
      converter = OptionValues.Count.class,
      description = "Streams, which take turns on the connections (${DEFAULT-VALUE}).")
  private long streams;

  @Option(
      names = "--rate",
      paramLabel = "<n>",
      converter = OptionValues.Rate.class,
      description =
          "Renewals per second of all streams together (no limit). Latency then counts from when a"
              + " renewal was due.")
  private Optional<Double> rate = Optional.empty();

  @Override
  public void check(OptionChecks checks) {
    checks.between("--leases", leases, 1, LEASES_MAX);
    checks.between("--ttl", ttl, 1, TTL_MAX);
    checks.between("--streams", streams, options.conns(), STREAMS_MAX);
    checks.rate("--rate", rate);
  }

  @Override
  int run() throws InterruptedException {
    return BenchRun.with(options, command(), this::run);
  }

  private int run(BenchRun run) throws IOException, InterruptedException {
    LeaseWorkloads set = new LeaseWorkloads((int) leases, ttl);
    run.prepare("grant", set.grant(), leases, GRANT_CLIENTS);
    List<? extends Connection> connections = run.connections();
    List<StreamRequester> requesters =
        IntStream.range(0, (int) streams)
            .mapToObj(i -> new StreamRequester(connections.get(i % connections.size())))
            .toList();
    Limits limits = options.limits(rate.map(OptionalDouble::of).orElse(OptionalDouble.empty()));
    Outcome outcome =
        run.measure("lease-keepalive", set.renew(), requesters, (int) streams, limits);
    if (outcome.isClean()) {
      run.prepare("revoke", set.revoke(), leases, GRANT_CLIENTS);
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("leases", leases);
    settings.put("ttlSeconds", ttl);
    settings.put("streams", streams);
    rate.ifPresent(perSecond -> settings.put("rate", perSecond));
    return run.report("lease-keepalive", settings, outcome);
  }
}
