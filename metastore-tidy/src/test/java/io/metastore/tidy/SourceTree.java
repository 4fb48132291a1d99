package io.metastore.tidy;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The project's files, build output and version control left out. */
record SourceTree(Path root, List<Path> files) {
  private static final Set<String> NOT_OURS = Set.of("target", ".git", ".idea", ".vscode");

  /** Finds the root upward from where the tests run: it is where {@code mvnw} is. */
  static SourceTree find() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw"))) {
      root = root.getParent();
      if (root == null) {
        throw new IllegalStateException("no mvnw above " + Path.of("").toAbsolutePath());
      }
    }
    return new SourceTree(root, list(root));
  }

  /** Java files that are shipped; examples are not, and are written as their readers would. */
  List<Path> mainJava() {
    return matching(file -> file.toString().matches("metastore-.*/src/main/java/.*\\.java"));
  }

  /** Files, relative to the root, that {@code wanted} says yes to. */
  List<Path> matching(Predicate<Path> wanted) {
    return files.stream().filter(wanted).toList();
  }

  String read(Path file) throws IOException {
    return Files.readString(root.resolve(file));
  }

  private static List<Path> list(Path root) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(root.relativize(file));
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(null);
    return List.copyOf(files);
  }
}
