package io.metastore.app.bench;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/** One invocation of the command in this process, and what it printed. */
record Bench(int exitCode, String out, String err) {
  static Bench run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        BenchCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exitCode = command.execute(args);
    return new Bench(exitCode, out.toString(), err.toString());
  }

  /** Against this server, without a warm-up. */
  static Bench run(FakeKv server, String... args) {
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.addAll(List.of("--endpoints", server.endpoint()));
    if (!args[0].equals("verify")) {
      all.addAll(List.of("--warmup", "0s"));
    }
    return run(all.toArray(String[]::new));
  }

  /** A field of the result that was printed as JSON. */
  Object field(String name) {
    Map<?, ?> json = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(out);
    Objects.requireNonNull(json, () -> "nothing but " + err);
    return Objects.requireNonNull(json.get(name), () -> name + " in " + out + err);
  }
}
