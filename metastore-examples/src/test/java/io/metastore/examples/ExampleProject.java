package io.metastore.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A copy of a project of {@code examples/}, so that no file of an earlier build is in it.
 *
 * @param folder its own
 */
record ExampleProject(Path folder) {
  /** Copies a project. */
  static ExampleProject copy(String name, Path folder) throws IOException {
    Path source = Path.of("../examples").resolve(name);
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path relative = source.relativize(file);
        if (!relative.startsWith("target")) {
          Files.copy(file, folder.resolve(relative.toString()));
        }
      }
    }
    return new ExampleProject(folder);
  }

  /** Builds it by Maven; gives the lines that it said. */
  List<String> build(Path repository, String... goals) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("metastore.maven", ""), "bin", "mvn").toString());
    command.addAll(List.of("--batch-mode", "--no-transfer-progress"));
    if (System.getProperty("metastore.connection", "").equals("offline=true")) {
      command.add("--offline");
    }
    command.add("-Dmaven.repo.local=" + repository);
    command.addAll(List.of(goals));
    return Program.run(folder, command.toArray(String[]::new));
  }

  Path target() {
    return folder.resolve("target");
  }
}
