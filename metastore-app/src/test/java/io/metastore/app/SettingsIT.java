package io.metastore.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Settings as an operator writes them: where they come from, and that a server with a wrong one
 * does not start. What is said of which, CommandLineInterfaceTest knows.
 */
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

  @Test
  void wrongFlagIsOneLine() throws Exception {
    assertEquals(
        "metastore: --log-level=loud: must be one of debug, info, warn, error\n",
        refusal(Map.of(), "--log-level=loud"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"METASTORE_LOG_LEVEL", "ETCD_LOG_LEVEL"})
  void wrongVariableIsOneLine(String name) throws Exception {
    assertEquals(
        "metastore: " + name + "=loud: must be one of debug, info, warn, error\n",
        refusal(Map.of(name, "loud")));
  }

  @Test
  void wrongLineOfAFileIsOneLine() throws Exception {
    Path file = Files.writeString(folder.resolve("metastore.yaml"), "log-level: loud\n");
    assertEquals(
        "metastore: " + file + ": log-level: loud: must be one of debug, info, warn, error\n",
        refusal(Map.of(), "--config-file=" + file));
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
