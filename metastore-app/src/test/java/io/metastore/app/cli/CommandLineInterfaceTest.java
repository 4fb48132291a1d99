package io.metastore.app.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.app.config.Setting;
import io.metastore.app.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandLineInterfaceTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path folder;

  private int run(String... args) {
    return run(Map.of(), args);
  }

  private int run(Map<String, String> environment, String... args) {
    return CommandLineInterface.run(
        args,
        environment,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|serve",
        "--name x|serve --name x",
        "-name=x -data-dir y|serve --name=x --data-dir y",
        "serve -name x|serve --name x",
        "--help|--help",
        "-h|-h",
        "version|version",
        "bench -name|bench -name",
      })
  void argumentsAreMadeUniform(String typed, String meant) {
    assertArrayEquals(
        meant.split(" "),
        CommandLineInterface.normalize(typed.isEmpty() ? new String[0] : typed.split(" ")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nmae=x|unknown flag --nmae; did you mean --name? (metastore serve --help lists all)",
        "--name|--name needs a value (metastore serve --help lists all)",
        "sreve|unknown command sreve; did you mean serve? (metastore --help lists all)",
        "serve now|unknown argument now (metastore serve --help lists all)",
        "--log-level=loud|--log-level=loud: must be one of debug, info, warn, error",
      })
  void mistakeIsOneLineAndExitCodeTwo(String typed, String line) {
    assertEquals(CommandLineInterface.USAGE, run(typed.split(" ")));
    assertEquals("metastore: " + line + "\n", err());
    assertEquals("", out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "listen-client-urls|ftp://a:1|must be URLs that begin with http://, separated by commas",
        "max-request-bytes|many|must be a whole number from 1024 to 268435456",
        "log-level|loud|must be one of debug, info, warn, error",
        "heartbeat-interval|soon|must be a whole number of milliseconds from 1 to 10000",
        "storage-option|x|must be key=value",
      })
  void wrongValueIsOneLineWhereverItWasWritten(String name, String value, String allowed)
      throws Exception {
    String flag = "--" + name + "=" + value;
    assertEquals(flag, refusal(allowed, Map.of(), flag));
    String variable = name.replace('-', '_').toUpperCase(Locale.ROOT);
    for (String prefix : List.of("METASTORE_", "ETCD_")) {
      assertEquals(
          prefix + variable + "=" + value, refusal(allowed, Map.of(prefix + variable, value)));
    }
    Path file = Files.writeString(folder.resolve("metastore.yaml"), name + ": \"" + value + "\"\n");
    assertEquals(
        file + ": " + name + ": " + value, refusal(allowed, Map.of(), "--config-file=" + file));
  }

  /** Runs a server that is to refuse its start, and gives whom it blames. */
  private String refusal(String allowed, Map<String, String> environment, String... flags) {
    err.reset();
    assertEquals(CommandLineInterface.USAGE, run(environment, flags));
    assertEquals("", out());
    String beginning = "metastore: ";
    String end = ": " + allowed + "\n";
    assertTrue(err().startsWith(beginning) && err().endsWith(end), err());
    return err().substring(beginning.length(), err().length() - end.length());
  }

  @Test
  void helpListsEverySettingWithinAHundredColumns() {
    assertEquals(0, run("serve", "--help"));
    for (Setting<?> setting : Settings.all()) {
      assertTrue(out().contains(setting.flag() + (setting.truth() ? "[=<" : "=<")), setting.flag());
    }
    assertTrue(out().lines().allMatch(line -> line.length() <= 100), out());
    assertEquals("", err());
  }

  @Test
  void helpOfAllListsTheCommands() {
    assertEquals(0, run("help"));
    assertTrue(out().contains("serve") && out().contains("version"), out());
  }

  @Test
  void versionNamesTheApi() {
    assertEquals(0, run("version"));
    assertTrue(out().startsWith("metastore "), out());
    assertTrue(out().contains("etcd API 3.6."), out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--cert-file=/x|--cert-file=/x: there is no TLS yet",
        "-cert-file /x|--cert-file=/x: there is no TLS yet",
        "--client-cert-auth|--client-cert-auth=true: there is no TLS yet",
        "--force-new-cluster|--force-new-cluster=true: ",
        "--snapshot-count=1 --logger zap --enable-pprof --log-level=loud|--log-level=loud: ",
        "--pre-vote --log-level=loud|--log-level=loud: ",
        "--strict-reconfig-check --pre-vote=perhaps|--pre-vote=perhaps: must be true or false",
        "--experimental-max-learners=x|--experimental-max-learners=x: must be ",
        "--cert-fiel=/x|unknown flag --cert-fiel; did you mean --cert-file? ",
        "help serv|unknown command serv; did you mean serve? (metastore --help lists all)",
        "bench putt|unknown command putt; did you mean put? (metastore bench --help lists all)",
      })
  void etcdsFlagsAreKnown(String typed, String beginning) {
    assertEquals(CommandLineInterface.USAGE, run(typed.split(" ")));
    assertTrue(err().startsWith("metastore: " + beginning), err());
    assertEquals(1, err().lines().count(), err());
    assertEquals("", out());
  }

  @Test
  void helpShowsNoForeignFlagAndBreaksNoAddress() {
    assertEquals(0, run("serve", "--help"));
    assertTrue(!out().contains("--cert-file"), out());
    assertTrue(out().contains("http://127.0.0.1:2379"), out());
    assertTrue(out().contains("http://127.0.0.1:2380"), out());
  }
}
