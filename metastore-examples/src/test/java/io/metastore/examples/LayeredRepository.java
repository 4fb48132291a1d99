package io.metastore.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A local repository for Maven: that of this machine by links, and the artifacts of this build over
 * it. So nothing is fetched twice, and nothing of a build that was never released is left behind
 * for other projects to find.
 */
final class LayeredRepository {
  private static final Path MODULES = Path.of("..");
  private static final String VERSION = System.getProperty("metastore.version", "");

  private LayeredRepository() {}

  /** Makes a repository in a folder that is not there yet. */
  static Path create(Path folder) throws IOException {
    Path below = Path.of(System.getProperty("metastore.repository", ""));
    link(below, folder, "io");
    link(below.resolve("io"), folder.resolve("io"), "metastore");
    Path artifacts = Files.createDirectory(folder.resolve("io/metastore"));
    install(artifacts, "metastore", MODULES);
    try (Stream<Path> modules = Files.list(MODULES)) {
      for (Path module : modules.filter(path -> Files.exists(path.resolve("pom.xml"))).toList()) {
        install(artifacts, module.getFileName().toString(), module);
      }
    }
    return folder;
  }

  private static void link(Path below, Path folder, String except) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> entries = Files.list(below)) {
      for (Path entry : entries.toList()) {
        if (!entry.endsWith(except)) {
          Files.createSymbolicLink(folder.resolve(entry.getFileName()), entry);
        }
      }
    }
  }

  private static void install(Path artifacts, String name, Path module) throws IOException {
    Path folder = Files.createDirectories(artifacts.resolve(name).resolve(VERSION));
    String file = name + "-" + VERSION;
    Files.copy(module.resolve("pom.xml"), folder.resolve(file + ".pom"));
    Path jar = module.resolve("target").resolve(file + ".jar");
    if (Files.exists(jar)) {
      Files.createSymbolicLink(folder.resolve(file + ".jar"), jar.toRealPath());
    }
  }
}
