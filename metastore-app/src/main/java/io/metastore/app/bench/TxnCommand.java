package io.metastore.app.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code metastore bench txn}. */
@Command(
    name = "txn",
    description = {
      "Transactions: one comparison, then gets and puts of keys that follow each other.",
      "The quickest way to fill a server: --txn-ops 100 --txn-gets 0 --sequential-keys.",
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class TxnCommand extends CheckedCommand {
  private static final int OPS_MAX = 100_000;

  @Mixin private LoadOptions load = new LoadOptions();
  @Mixin private KeyOptions keys = new KeyOptions();

  @Option(
      names = "--txn-ops",
      paramLabel = "<n>",
      defaultValue = "2",
      converter = OptionValues.Count.class,
      description = "Operations in a transaction (${DEFAULT-VALUE}); servers allow 128 by default.")
  private long operations;

  @Option(
      names = "--txn-gets",
      paramLabel = "<n>",
      defaultValue = "1",
      converter = OptionValues.Count.class,
      description = "How many of them are gets, the others are puts (${DEFAULT-VALUE}).")
  private long gets;

  @Override
  public void check(OptionChecks checks) {
    checks.between("--txn-ops", operations, 1, OPS_MAX);
    checks.between("--txn-gets", gets, 0, operations);
    checks.allow(
        operations <= keys.keys().space(),
        "--txn-ops",
        operations,
        "must not be more than --key-space: a transaction puts a key once");
  }

  @Override
  int run() throws InterruptedException {
    return BenchRun.with(load.run(), command(), this::run);
  }

  private int run(BenchRun run) throws IOException, InterruptedException {
    Map<String, Object> settings = new LinkedHashMap<>();
    load.describe(settings);
    keys.describe(settings);
    settings.put("operations", operations);
    settings.put("gets", gets);
    TxnWorkload workload =
        new TxnWorkload(keys.keys(), keys.valueSize(), (int) operations, (int) gets);
    return run.report("txn", settings, run.measure("txn", workload, load));
  }
}
