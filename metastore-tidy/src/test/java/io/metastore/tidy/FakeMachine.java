package io.metastore.tidy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A folder that plays the machine: its own Java installations, PATH and home. The scripts under
 * test see nothing of the real machine but the system's small tools.
 */
final class FakeMachine {
  private final Path root;
  private final Map<String, String> environment = new TreeMap<>();

  FakeMachine(Path root) throws IOException {
    this.root = root.toRealPath();
    // Only what the scripts use, so that no java and no mvn of the real machine is on PATH.
    for (String tool : List.of("sed", "dirname", "readlink", "find", "head", "flock")) {
      for (String folder : List.of("/bin", "/usr/bin")) {
        if (Files.isExecutable(Path.of(folder, tool))) {
          onPath(tool, "exec %s/%s \"$@\"".formatted(folder, tool));
        }
      }
    }
    set("PATH", this.root.resolve("path").toString());
    set("HOME", this.root.resolve("home").toString());
    set("METASTORE_JAVA_ROOT", this.root.toString());
  }

  /** Sets an environment variable of the scripts. */
  void set(String name, String value) {
    environment.put(name, value);
  }

  /** Makes a JDK whose {@code java} tells its version, or else prints how it was called. */
  Path jdk(String folder, String version) throws IOException {
    Path home = runtime(folder, version);
    executable(home.resolve("bin/javac"), "exit 0");
    return home;
  }

  /** Makes a Java without compiler. */
  Path runtime(String folder, String version) throws IOException {
    Path home = root.resolve(folder);
    executable(
        home.resolve("bin/java"),
        """
        if [ "$1" = -XshowSettings:properties ]; then
          echo 'Property settings:' >&2
          echo '    java.home = %s' >&2
          echo '    java.specification.version = %s' >&2
          exit 0
        fi
        echo "%s $*"
        exit 7
        """
            .formatted(home, version, folder));
    return home;
  }

  /** Sets what the kernel says of large pages. */
  void transparentHugePages(String modes) throws IOException {
    Path file = root.resolve("sys/kernel/mm/transparent_hugepage/enabled");
    Files.createDirectories(file.getParent());
    Files.writeString(file, modes + "\n");
  }

  /** Puts a program on PATH. */
  void onPath(String name, String script) throws IOException {
    executable(root.resolve("path").resolve(name), script);
  }

  /** Copies the start script and what it needs, as a distribution has them. */
  Path distribution(String folder, Path sources) throws IOException {
    Path home = root.resolve(folder);
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    for (String file : List.of("bin/metastore", "bin/find-java.sh")) {
      Files.copy(sources.resolve(file), home.resolve(file));
    }
    return home;
  }

  void executable(Path file, String script) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Runs a command to its end on this machine. */
  Outcome run(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(root, "output", "");
    Path errors = Files.createTempFile(root, "errors", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(root.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("still running after 60 s: " + String.join(" ", command));
    }
    return new Outcome(process.exitValue(), read(output), read(errors));
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8).strip();
  }

  /** How a command ended. */
  record Outcome(int exitCode, String output, String errors) {}
}
