package io.metastore.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metastore.testkit.network.FreePorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docs/embedding.md and docs/plugins.md lead to, built and run as their readers would. */
final class ExamplesIT {
  private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");
  private static final List<String> JOBS =
      List.of(
          "added /jobs/1",
          "/jobs/1 = new",
          "/jobs/2 = new",
          "/jobs/1 = done",
          "/jobs/2 = done",
          "/jobs/2 was new");

  // Not a temporary folder: hard links do not lead to another file system.
  private static final Path FOLDER = Path.of("target/examples").toAbsolutePath();

  private static ExampleProject jobs;
  private static ExampleProject engine;
  private static ExampleProject modules;

  @BeforeAll
  static void buildAll() throws Exception {
    if (Files.exists(FOLDER)) {
      try (Stream<Path> before = Files.walk(FOLDER)) {
        for (Path path : before.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    Path repository = LayeredRepository.create(FOLDER.resolve("repository"));
    jobs = ExampleProject.copy("embedding", FOLDER.resolve("embedding"));
    engine = ExampleProject.copy("engine-mvstore", FOLDER.resolve("engine-mvstore"));
    modules = ExampleProject.copy("modular-test", FOLDER.resolve("modular-test"));
    Maven.build(
        FOLDER, repository, List.of("embedding", "engine-mvstore", "modular-test"), "package");
  }

  private static List<String> runJobs(String argument) throws Exception {
    return run("example.Jobs", argument);
  }

  private static List<String> run(String program, String argument) throws Exception {
    return Program.run(
        FOLDER,
        Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        jobs.target().resolve("classes") + ":" + jobs.target().resolve("lib") + "/*",
        program,
        argument);
  }

  private static List<String> withoutLog(List<String> lines) {
    return lines.stream().filter(JOBS::contains).toList();
  }

  @Test
  void engineOfAThirdPartyPassesTheContractAndServesEtcdctlAndPrograms() throws Exception {
    assertTrue(engine.testsPassed() > 80, () -> "only " + engine.testsPassed() + " tests");
    Distribution distribution = Distribution.create(FOLDER.resolve("metastore"));
    try (Stream<Path> libraries = Files.list(engine.target().resolve("plugin"))) {
      Path jar = engine.target().resolve("engine-mvstore-1.jar");
      distribution.addPlugin("mvstore", Stream.concat(Stream.of(jar), libraries));
    }
    List<String> engines = Program.run(FOLDER, distribution.metastore(), "engines");
    String line = engines.stream().filter(row -> row.startsWith("mvstore")).findFirst().orElse("");
    assertTrue(line.matches("mvstore +1 +plug-in .*/plugins/mvstore +ok"), engines::toString);

    int port = FreePorts.next();
    int peerPort = FreePorts.next();
    Path data = FOLDER.resolve("data");
    try (Distribution.Server server =
        distribution.serve(data, port, peerPort, "--storage=mvstore")) {
      assertEquals(JOBS, withoutLog(runJobs("http://127.0.0.1:" + port)));
      etcdctl(port, List.of("OK"), "put", "a", "b");
      assertTrue(server.isAlive());
    }
    try (Distribution.Server server =
        distribution.serve(data, port, peerPort, "--storage=mvstore")) {
      etcdctl(port, List.of("a", "b"), "get", "a");
      etcdctl(port, List.of("/jobs/1", "done", "/jobs/2", "done"), "get", "--prefix", "/jobs/");
      assertTrue(server.isAlive());
    }
  }

  private static void etcdctl(int port, List<String> answer, String... arguments) throws Exception {
    assumeTrue(
        Files.isExecutable(ETCDCTL), "etcdctl is not installed (Debian: apt install etcd-client)");
    assertEquals(
        answer,
        Program.run(
            FOLDER,
            Stream.concat(
                    Stream.of(ETCDCTL.toString(), "--endpoints=127.0.0.1:" + port),
                    Stream.of(arguments))
                .toArray(String[]::new)));
  }

  @Test
  void testsOfTheProgramAndOfModulesHaveRun() {
    assertEquals(1, jobs.testsPassed());
    assertEquals(1, modules.testsPassed());
  }

  @Test
  void firstProgramOfTheGuideSaysHello() throws Exception {
    assertTrue(run("example.Hello", FOLDER.resolve("hello").toString()).contains("hello"));
  }

  @Test
  void embeddingProgramRunsOnADirectoryAndFindsWhatItLeft() throws Exception {
    String directory = FOLDER.resolve("jobs").toString();
    assertEquals(JOBS, withoutLog(runJobs(directory)));
    assertTrue(runJobs(directory).contains("/jobs/1 was there"));
  }
}
