package io.metastore.app.bench;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code metastore bench range}. */
@Command(
    name = "range",
    description = "Get single keys, linearizable unless told otherwise.",
    sortOptions = false,
    usageHelpAutoWidth = true)
final class RangeCommand extends CheckedCommand {
  @Mixin private LoadOptions load = new LoadOptions();
  @Mixin private KeyOptions keys = new KeyOptions();

  @ArgGroup private Consistency consistency = new Consistency();

  @Option(
      names = "--prefill",
      description = "First put a value to every key of the key space, which is not measured.")
  private boolean prefill;

  @Override
  int run() throws InterruptedException {
    return BenchRun.with(load.run(), command(), this::run);
  }

  private int run(BenchRun run) throws IOException, InterruptedException {
    if (prefill) {
      Keys all = keys.inOrder();
      run.prepare(
          "prefill",
          new PutWorkload(all, keys.valueSize(), AckLog.none()),
          all.space(),
          load.clients());
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    load.describe(settings);
    keys.describe(settings);
    settings.put("consistency", consistency.isSerializable() ? "serializable" : "linearizable");
    RangeWorkload workload = new RangeWorkload(keys.keys(), consistency.isSerializable());
    return run.report("range", settings, run.measure("range", workload, load));
  }

  /** At most one of the two. */
  private static final class Consistency {
    @Option(names = "--linearizable", description = "Read what is agreed on now (the default).")
    private boolean linearizable;

    @Option(names = "--serializable", description = "Read what the member has, agreed on or not.")
    private boolean serializable;

    boolean isSerializable() {
      return serializable && !linearizable;
    }
  }
}
