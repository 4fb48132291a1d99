package io.metastore.app.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.app.config.Setting;
import io.metastore.app.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CommandLineInterfaceTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return CommandLineInterface.run(
        args,
        Map.of(),
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
