package io.metastore.app.cli;

import io.metastore.app.Versions;
import io.metastore.app.bench.BenchCommand;
import io.metastore.app.config.ConfigException;
import io.metastore.app.config.EtcdFlags;
import io.metastore.app.config.Names;
import io.metastore.app.config.Nearest;
import io.metastore.app.config.Setting;
import io.metastore.app.config.Settings;
import io.metastore.raft.StartException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands of {@code metastore}, and what happens when one fails. */
public final class CommandLineInterface {
  /** Exit code when a server ends by a failure, or a command does not do what it is for. */
  static final int FAILED = 1;

  /** Exit code when what was typed, or set, cannot be used: a server then has not started. */
  static final int USAGE = 2;

  private static final int HELP_WIDTH = 100;

  private CommandLineInterface() {}

  /**
   * Runs one command.
   *
   * @return the exit code
   */
  public static int run(
      String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
    String[] normal = normalize(args);
    Map<String, Supplier<Object>> commands = commands(List.of(normal), environment, out);
    String first = normal[0];
    if (commands.containsKey(first) && !first.equals("help")) {
      // The others take a quarter of a second to describe.
      commands.keySet().retainAll(List.of(first));
    }
    return commandLine(commands, out, err).execute(normal);
  }

  /** All commands, in the order in which help lists them. */
  static Map<String, Supplier<Object>> commands(
      List<String> args, Map<String, String> environment, PrintStream out) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("serve", () -> ServeCommand.commandLine(args, environment, out));
    commands.put("dev", () -> new DevCommand(out));
    commands.put("bench", BenchCommand::new);
    commands.put("engines", () -> new EnginesCommand(environment, out));
    commands.put("version", () -> new VersionCommand(out));
    // Written out: the JVM that makes a start cache ends at a reference to code as old as this.
    commands.put("help", () -> new HelpCommand());
    return commands;
  }

  static CommandLine commandLine(
      Map<String, Supplier<Object>> commands, PrintStream out, PrintStream err) {
    CommandLine line = new CommandLine(new Top());
    commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
    line.setOut(new PrintWriter(out, true, out.charset()));
    line.setErr(new PrintWriter(err, true, err.charset()));
    line.setUsageHelpWidth(HELP_WIDTH);
    line.setExpandAtFiles(false);
    line.setParameterExceptionHandler((e, args) -> unusable(e));
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
    return line;
  }

  /**
   * Makes {@code serve} the command when there is none, and Go's one-dash flags two-dash flags:
   * etcd's users write {@code -name} as well as {@code --name}.
   */
  static String[] normalize(String[] args) {
    List<String> normal = new ArrayList<>();
    boolean help = args.length > 0 && List.of("-h", "--help", "-V", "--version").contains(args[0]);
    if (!help && (args.length == 0 || args[0].startsWith("-"))) {
      normal.add("serve");
    }
    boolean serve = !normal.isEmpty() || (args.length > 0 && args[0].equals("serve"));
    for (String arg : args) {
      normal.add(serve && oneDash(arg) ? "-" + arg : arg);
    }
    return normal.toArray(String[]::new);
  }

  private static boolean oneDash(String arg) {
    if (!arg.startsWith("-") || arg.startsWith("--")) {
      return false;
    }
    int equals = arg.indexOf('=');
    String name = arg.substring(1, equals < 0 ? arg.length() : equals);
    return Stream.concat(Settings.all().stream().map(Setting::name), EtcdFlags.names().stream())
        .anyMatch(known -> known.equals(name) || Names.twin(known).equals(name));
  }

  private static int unusable(ParameterException e) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println("metastore: " + reason(e) + " (" + name + " --help lists all)");
    return USAGE;
  }

  private static String reason(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      String word = unmatched.getUnmatched().getFirst();
      boolean flag = word.startsWith("-");
      int equals = word.indexOf('=');
      String bare = flag && equals > 0 ? word.substring(0, equals) : word;
      String kind = flag ? "unknown flag " : "unknown argument ";
      if (!flag && !e.getCommandLine().getSubcommands().isEmpty()) {
        kind = "unknown command ";
      }
      return kind + bare + suggestion(e, bare);
    }
    // What the help command says of a command that it does not know.
    if (e.getValue() != null && firstLine(e).startsWith("Unknown subcommand")) {
      return "unknown command " + e.getValue() + suggestion(e, e.getValue());
    }
    if (e instanceof MissingParameterException missing && !missing.getMissing().isEmpty()) {
      return missing.getMissing().getFirst() instanceof CommandLine.Model.OptionSpec option
          ? option.longestName() + " needs a value"
          : firstLine(e);
    }
    return firstLine(e);
  }

  private static String suggestion(ParameterException e, String word) {
    List<String> words = new ArrayList<>(e.getCommandLine().getSubcommands().keySet());
    words.addAll(e.getCommandLine().getCommandSpec().optionsMap().keySet());
    return Nearest.to(word, words).map(near -> "; did you mean " + near + "?").orElse("");
  }

  private static int failed(Exception e, CommandLine command) throws Exception {
    if (e instanceof ConfigException || e instanceof StartException) {
      command.getErr().println("metastore: " + firstLine(e));
      return USAGE;
    }
    throw e;
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /** {@code metastore} itself: holds the commands and shows them. */
  @Command(
      name = "metastore",
      mixinStandardHelpOptions = true,
      versionProvider = VersionCommand.Provider.class,
      description = "A replicated key-value store for metadata that answers the etcd v3 API.%n",
      synopsisSubcommandLabel = "[command]",
      footer = {
        "",
        "Without a command, metastore runs a server: a cluster of one on 127.0.0.1:2379, with its"
            + " data in default.metastore. `metastore serve --help` lists what can be set."
      })
  static final class Top implements Runnable {
    @Override
    public void run() {
      // Never reached: without a command, normalize() has put `serve` in front.
      throw new IllegalStateException("no command: " + Versions.metastore());
    }
  }
}
