package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metastore.api.ConnectOptions;
import io.metastore.api.ErrorCode;
import io.metastore.api.Keys;
import io.metastore.api.Metastore;
import io.metastore.api.RefusedException;
import io.metastore.api.UnavailableException;
import io.metastore.api.Watch;
import io.metastore.api.WatchOptions;
import io.metastore.testkit.network.FreePorts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** etcd with TLS, certificates of clients, and auth. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ConnectSecurelyTest {
  private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");

  @TempDir private Path folder;

  private Etcd start(String url, Certificate server, Certificate client) throws Exception {
    return Etcd.start(
        folder,
        url,
        "--cert-file=" + server.certificate(),
        "--key-file=" + server.key(),
        "--client-cert-auth",
        "--trusted-ca-file=" + client.certificate());
  }

  private static void etcdctl(Etcd etcd, Certificate server, Certificate client, String... words)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(ETCDCTL.toString());
    command.add("--endpoints=" + etcd.endpoint());
    command.add("--cacert=" + server.certificate());
    command.add("--cert=" + client.certificate());
    command.add("--key=" + client.key());
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("ETCDCTL_API", "3");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  private static ErrorCode refusal(ConnectOptions options) {
    try (Metastore store = Metastore.connect(options)) {
      return assertThrows(RefusedException.class, () -> store.put("/a", "1")).code();
    }
  }

  @Test
  void userWithACertificateIsServedAndNobodyElse() throws Exception {
    assumeTrue(Files.isExecutable(Etcd.EXECUTABLE), Etcd.EXECUTABLE + " is not installed");
    assumeTrue(Files.isExecutable(ETCDCTL), ETCDCTL + " is not installed");
    Certificate server = Certificate.make(folder, "server");
    Certificate client = Certificate.make(folder, "client");
    String url = "https://127.0.0.1:" + FreePorts.next();
    ConnectOptions unknown =
        ConnectOptions.to(url)
            .trusting(server.certificate())
            .identifiedBy(client.certificate(), client.key());
    ConnectOptions root = unknown.asUser("root", "secret");
    try (Metastore store = Metastore.connect(root)) {
      try (Etcd etcd = start(url, server, client)) {
        try (Metastore early = Metastore.connect(unknown)) {
          early.put("/before", "auth");
        }
        etcdctl(etcd, server, client, "user", "add", "root:secret");
        etcdctl(etcd, server, client, "user", "grant-role", "root", "root");
        etcdctl(etcd, server, client, "auth", "enable");

        long revision = store.put("/a", "1").revision();
        assertEquals("auth", store.get("/before").orElseThrow().valueText());
        try (Watch watch = store.watch(WatchOptions.of(Keys.one("/a")).from(revision))) {
          assertEquals("/a", watch.next().key().utf8());
        }
        assertEquals(ErrorCode.AUTH_FAILED, refusal(unknown.asUser("root", "guess")));
        // Without a user etcd takes the name in the certificate for one.
        assertEquals(ErrorCode.PERMISSION_DENIED, refusal(unknown));

        ConnectOptions stranger = ConnectOptions.to(url).withRequestTimeout(Duration.ofMillis(500));
        for (ConnectOptions untrusted :
            List.of(stranger, stranger.trusting(server.certificate()))) {
          try (Metastore refused = Metastore.connect(untrusted)) {
            assertThrows(UnavailableException.class, () -> refused.get("/a"));
          }
        }
      }
      // A server that starts again knows no token that it gave before.
      try (Etcd etcd = start(url, server, client)) {
        assertTrue(etcd.endpoint().startsWith("https"));
        assertEquals("1", store.get("/a").orElseThrow().valueText());
        store.put("/a", "2");
      }
    }
  }

  @Test
  void passwordIsNotInTheOptionsText() {
    ConnectOptions options = ConnectOptions.to("http://127.0.0.1:1").asUser("me", "secret");
    assertFalse(options.toString().contains("secret"), options.toString());
    assertTrue(options.toString().contains("me"), options.toString());
  }

  @Test
  void optionsThatCannotBeMeantAreRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> ConnectOptions.to("http://127.0.0.1:1", "https://127.0.0.1:2"));
    Path file = folder.resolve("ca.crt");
    assertThrows(
        IllegalArgumentException.class,
        () -> ConnectOptions.to("http://127.0.0.1:1").trusting(file));
    ConnectOptions missing = ConnectOptions.to("https://127.0.0.1:1").trusting(file);
    RefusedException refused =
        assertThrows(RefusedException.class, () -> Metastore.connect(missing).close());
    assertTrue(String.valueOf(refused.getMessage()).contains("ca.crt"), refused::toString);
  }
}
