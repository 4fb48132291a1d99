package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings as an operator writes them: where they come from, and what is said of wrong ones. */
final class SettingsIT {
  @TempDir private Path folder;

  /** Runs a server that is to refuse its start, and gives what it says. */
  private String refusal(Map<String, String> environment, String... flags) throws Exception {
    String[] command = new String[flags.length + 1];
    command[0] = "serve";
    System.arraycopy(flags, 0, command, 1, flags.length);
    Command serve = Command.run(folder, environment, Command.metastore(command));
    assertEquals(2, serve.exitCode(), serve::toString);
    assertEquals("", serve.output());
    assertTrue(Files.notExists(folder.resolve("default.metastore")), "data were made");
    return serve.errors();
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
    String end = ": " + allowed + "\n";
    String flag = "--" + name + "=" + value;
    assertEquals("metastore: " + flag + end, refusal(Map.of(), flag));
    String variable = name.replace('-', '_').toUpperCase(Locale.ROOT);
    for (String prefix : List.of("METASTORE_", "ETCD_")) {
      assertEquals(
          "metastore: " + prefix + variable + "=" + value + end,
          refusal(Map.of(prefix + variable, value)));
    }
    Path file = Files.writeString(folder.resolve("metastore.yaml"), name + ": \"" + value + "\"\n");
    assertEquals(
        "metastore: " + file + ": " + name + ": " + value + end,
        refusal(Map.of(), "--config-file=" + file));
  }

  @Test
  void unknownFlagIsOneLineWithWhatWasMeant() throws Exception {
    assertEquals(
        "metastore: unknown flag --data-dri; did you mean --data-dir?"
            + " (metastore serve --help lists all)\n",
        refusal(Map.of(), "--data-dri=x"));
  }

  @Test
  void flagCountsMoreThanEnvironmentThanFile() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("metastore.yaml"),
            """
            name: file
            storage: rocksdb
            max-request-bytes: 1024
            log-level: warn
            """);
    Map<String, String> environment =
        Map.of(
            "ETCD_NAME", "etcd",
            "METASTORE_NAME", "environment",
            "ETCD_MAX_REQUEST_BYTES", "10000",
            "ETCD_STORAGE", "rocksdb",
            "METASTORE_STORAGE", "memory");
    try (ServerProcess server =
            ServerProcess.start(folder, environment, "--config-file=" + file, "--name=flag");
        TestClient client = TestClient.of(server)) {
      assertTrue(server.output().contains("is serving as flag,"), server.output());
      assertTrue(server.output().contains("(memory engine)"), server.output());
      assertEquals("", server.errors(), "the file's log level counts");
      client.put("a", "x".repeat(5000));
      Status status =
          assertThrows(StatusRuntimeException.class, () -> client.put("a", "x".repeat(20_000)))
              .getStatus();
      assertEquals("etcdserver: request is too large", status.getDescription());
    }
  }
}
