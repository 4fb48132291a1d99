package io.metastore.app.cli;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.app.Server;
import io.metastore.app.StorageEngines;
import io.metastore.app.config.ConfigException;
import io.metastore.app.config.EtcdFlags;
import io.metastore.app.config.Names;
import io.metastore.app.config.ServerConfig;
import io.metastore.app.config.Setting;
import io.metastore.app.config.Settings;
import io.metastore.app.logging.Logging;
import io.metastore.raft.Node;
import io.metastore.raft.StartException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
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
  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
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

  /**
   * The command with a flag for each setting, and for what else the arguments may mean.
   *
   * @param args what will be parsed
   */
  static CommandLine commandLine(
      List<String> args, Map<String, String> environment, PrintStream out) {
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
    if (hasOtherNames(args, command.spec)) {
      otherNames().forEach(command.spec::addOption);
    }
    return new CommandLine(command.spec);
  }

  /**
   * Whether a flag is none of those that help shows. Only then are the other names described, which
   * takes as long as all else that is done before a server's start.
   */
  private static boolean hasOtherNames(List<String> args, CommandSpec spec) {
    return args.stream()
        .filter(arg -> arg.startsWith("-"))
        .map(arg -> arg.replaceFirst("=.*", ""))
        .anyMatch(name -> !spec.optionsMap().containsKey(name));
  }

  private static OptionSpec flag(Setting<?> setting, int order) {
    String help = setting.help().replace("%", "%%");
    String fallback =
        setting.fallback().isEmpty() ? "" : "Default: " + setting.fallback().replace("%", "%%");
    // A URL has a line to itself: picocli would break it behind its colon.
    String[] description =
        fallback.contains("://")
            ? new String[] {help, fallback}
            : new String[] {(help + " " + fallback).strip()};
    return values(setting.flag(), setting.truth())
        .paramLabel("<" + setting.label() + ">")
        .order(order)
        .description(description)
        .build();
  }

  /** The names that help does not show: settings' other names, and etcd's flags that are none. */
  private static List<OptionSpec> otherNames() {
    Map<String, Boolean> truths = new TreeMap<>();
    for (String name : EtcdFlags.names()) {
      truths.put(name, EtcdFlags.truth(name));
      truths.put(Names.twin(name), EtcdFlags.truth(name));
    }
    for (Setting<?> setting : Settings.all()) {
      truths.put(Names.twin(setting.name()), setting.truth());
    }
    List<OptionSpec> options = new ArrayList<>();
    truths.forEach((name, truth) -> options.add(values("--" + name, truth).hidden(true).build()));
    return options;
  }

  /** A list of values, so that a flag given twice is no error: as in Go, the last one counts. */
  private static OptionSpec.Builder values(String flag, boolean truth) {
    OptionSpec.Builder option =
        OptionSpec.builder(flag).type(List.class).auxiliaryTypes(String.class);
    return truth ? option.arity("0..1").fallbackValue("true") : option.arity("1");
  }

  private Map<String, List<String>> flags() {
    Map<String, List<String>> flags = new HashMap<>();
    for (OptionSpec option : spec.options()) {
      if (!option.usageHelp()) {
        List<String> given = option.getValue();
        if (given != null) {
          flags.put(option.longestName().substring("--".length()), given);
        }
      }
    }
    return flags;
  }

  @Override
  public Integer call() throws ConfigException, StartException, InterruptedException {
    ServerConfig config = ServerConfig.of(flags(), environment);
    Logging.start(config.logLevel(), config.logFormat());
    if (!config.ignored().isEmpty()) {
      LOG.atInfo()
          .addKeyValue("flags", String.join(" ", config.ignored()))
          .log("flags of etcd that mean nothing here");
    }
    warn(config.warnings());
    StorageEngines engines =
        StorageEngines.installed(config.pluginsDirectory(), config.spelled("plugins-dir"));
    warn(engines.warnings());
    StorageEngineProvider engine = engines.named(config.storage(), config.spelled("storage"));
    try (Server server = Server.start(config, engine, Node::start)) {
      ProcessEnd end = ProcessEnd.onSignal(server);
      Banner.print(config, out);
      return end.await();
    } catch (StartException e) {
      throw new ConfigException(config.told(e));
    }
  }

  private static void warn(List<String> warnings) {
    warnings.forEach(LOG::warn);
  }
}
