package io.metastore.app.cli;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.app.Server;
import io.metastore.app.StorageEngines;
import io.metastore.app.config.ConfigException;
import io.metastore.app.config.ServerConfig;
import io.metastore.app.config.Setting;
import io.metastore.app.config.Settings;
import io.metastore.app.logging.Logging;
import io.metastore.raft.Node;
import io.metastore.raft.StartException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code metastore serve}: runs a server until it is told to stop. */
@Command(
    name = "serve",
    description = "Runs a server until it is told to stop (SIGTERM or SIGINT).",
    customSynopsis = "metastore serve [flags]",
    sortOptions = false,
    footer = {
      "",
      "Each flag is also an environment variable, --data-dir for example METASTORE_DATA_DIR; etcd's"
          + " ETCD_DATA_DIR counts where that is not set."
    })
final class ServeCommand implements Callable<Integer> {
  private static final int FLAG_WIDTH = 40;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final CommandSpec spec;

  private ServeCommand(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
    this.spec = CommandSpec.forAnnotatedObject(this);
    this.spec.usageMessage().longOptionsMaxWidth(FLAG_WIDTH);
  }

  /** The command with a flag for each setting. */
  static CommandLine commandLine(Map<String, String> environment, PrintStream out) {
    ServeCommand command = new ServeCommand(environment, out);
    command.spec.addOption(
        OptionSpec.builder("-h", "--help").usageHelp(true).description("Shows this page.").build());
    int order = 0;
    for (Setting.Group group : Setting.Group.values()) {
      ArgGroupSpec.Builder flags =
          ArgGroupSpec.builder()
              .heading("%n" + group.title() + ":%n")
              .validate(false)
              .order(order++);
      for (Setting<?> setting : Settings.all()) {
        if (setting.group() == group) {
          flags.addArg(flag(setting, order++));
        }
      }
      command.spec.addArgGroup(flags.build());
    }
    return new CommandLine(command.spec);
  }

  private static OptionSpec flag(Setting<?> setting, int order) {
    String fallback =
        setting.fallback().isEmpty() ? "" : " Default: " + setting.fallback().replace("%", "%%");
    // A list of values, so that a flag given twice is no error: as in Go, the last one counts.
    return OptionSpec.builder(setting.flag())
        .paramLabel("<" + setting.label() + ">")
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity("1")
        .order(order)
        .description(setting.help().replace("%", "%%") + fallback)
        .build();
  }

  private Map<String, List<String>> flags() {
    Map<String, List<String>> flags = new HashMap<>();
    for (Setting<?> setting : Settings.all()) {
      List<String> given = spec.findOption(setting.flag()).getValue();
      if (given != null) {
        flags.put(setting.name(), given);
      }
    }
    return flags;
  }

  @Override
  public Integer call() throws ConfigException, StartException, InterruptedException {
    ServerConfig config = ServerConfig.of(flags(), environment);
    Logging.start(config.logLevel(), config.logFormat());
    warn(config.warnings());
    StorageEngines engines =
        StorageEngines.installed(config.pluginsDirectory(), config.spelled("plugins-dir"));
    warn(engines.warnings());
    StorageEngineProvider engine = engines.named(config.storage(), config.spelled("storage"));
    try (Server server = Server.start(config, engine, Node::start)) {
      ProcessEnd end = ProcessEnd.onSignal(server);
      Banner.print(config, out);
      return end.await();
    }
  }

  private static void warn(List<String> warnings) {
    warnings.forEach(LoggerFactory.getLogger(ServeCommand.class)::warn);
  }
}
