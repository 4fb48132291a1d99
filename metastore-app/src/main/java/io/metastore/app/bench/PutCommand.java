package io.metastore.app.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code metastore bench put}. */
@Command(
    name = "put",
    description = "Put values as fast as the server acknowledges them, or at a rate.",
    sortOptions = false,
    usageHelpAutoWidth = true)
final class PutCommand extends CheckedCommand {
  @Mixin private LoadOptions load = new LoadOptions();
  @Mixin private KeyOptions keys = new KeyOptions();

  @Option(
      names = "--record-acked",
      paramLabel = "<file>",
      description =
          "Append the key of every acknowledged put, warm-up included, one per line; 'bench verify'"
              + " reads the file. Use it with --sequential-keys.")
  private Optional<Path> recordAcked = Optional.empty();

  @Override
  int run() throws InterruptedException {
    return BenchRun.with(load.run(), command(), this::run);
  }

  private int run(BenchRun run) throws IOException, InterruptedException {
    Map<String, Object> settings = new LinkedHashMap<>();
    load.describe(settings);
    keys.describe(settings);
    Outcome outcome;
    try (AckLog acked =
        recordAcked.isPresent() ? AckLog.appendingTo(recordAcked.get()) : AckLog.none()) {
      outcome = run.measure("put", new PutWorkload(keys.keys(), keys.valueSize(), acked), load);
    }
    return run.report("put", settings, outcome);
  }
}
