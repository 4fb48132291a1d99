package io.metastore.app.cli;

import io.metastore.app.EngineCheck;
import io.metastore.app.StorageEngines;
import io.metastore.app.bench.Json;
import io.metastore.app.config.ConfigException;
import io.metastore.app.config.ServerConfig;
import io.metastore.raft.InstalledEngines.Installed;
import io.metastore.raft.StartException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code metastore engines}: the storage engines that {@code --storage} can name. */
@Command(
    name = "engines",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Lists the storage engines that --storage can name, where each is from, and whether it works"
          + " on this machine: each makes a small store in a temporary directory.",
      "Exit code 1 when one does not, or when a plug-in cannot be loaded."
    })
final class EnginesCommand implements Callable<Integer> {
  private static final String PLUGINS = "plugins-dir";

  private record Row(String name, String version, String health, String from) {}

  private final Map<String, String> environment;
  private final PrintStream out;

  @Option(names = "--json", description = "One JSON object instead of a table.")
  private boolean json;

  @Option(
      names = "--" + PLUGINS,
      paramLabel = "<folder>",
      description = "Plug-ins in this folder instead of plugins/, as with serve.")
  private List<String> plugins = List.of();

  EnginesCommand(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() throws ConfigException, StartException, IOException {
    ServerConfig config =
        ServerConfig.of(plugins.isEmpty() ? Map.of() : Map.of(PLUGINS, plugins), environment);
    StorageEngines engines =
        StorageEngines.installed(config.pluginsDirectory(), config.spelled(PLUGINS));
    boolean allWork = engines.warnings().isEmpty();
    List<Row> rows = new ArrayList<>();
    for (Installed engine : engines.all()) {
      String health = EngineCheck.failure(engine.provider()).orElse("ok");
      allWork &= health.equals("ok");
      rows.add(
          new Row(engine.provider().name(), engine.provider().version(), health, engine.where()));
    }
    if (json) {
      printJson(rows, engines.warnings());
    } else {
      printTable(rows, engines.warnings());
    }
    out.flush();
    return allWork ? 0 : CommandLineInterface.FAILED;
  }

  private void printTable(List<Row> rows, List<String> warnings) {
    List<Row> table = new ArrayList<>(List.of(new Row("ENGINE", "VERSION", "HEALTH", "FROM")));
    table.addAll(rows);
    int name = table.stream().mapToInt(row -> row.name.length()).max().orElse(0);
    int version = table.stream().mapToInt(row -> row.version.length()).max().orElse(0);
    int from = table.stream().mapToInt(row -> row.from.length()).max().orElse(0);
    // What may be long stands last.
    String line = "%-" + name + "s  %-" + version + "s  %-" + from + "s  %s";
    for (Row row : table) {
      out.println(line.formatted(row.name, row.version, row.from, row.health));
    }
    warnings.forEach(out::println);
  }

  private void printJson(List<Row> rows, List<String> warnings) {
    List<Map<String, String>> engines = new ArrayList<>();
    for (Row row : rows) {
      Map<String, String> fields = new LinkedHashMap<>();
      fields.put("name", row.name);
      fields.put("version", row.version);
      fields.put("health", row.health);
      fields.put("from", row.from);
      engines.add(fields);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("engines", engines);
    all.put("ignored", warnings);
    out.println(Json.write(all));
  }
}
