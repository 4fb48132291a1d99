package io.metastore.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Builds projects by the Maven that builds this one. Stateless. */
final class Maven {
  private Maven() {}

  /**
   * Builds all projects in a folder in one run, which is quicker than one for each; none of them
   * knows of the others.
   */
  static void build(Path folder, Path repository, List<String> projects, String goal)
      throws IOException, InterruptedException {
    StringBuilder pom =
        new StringBuilder(
            "<project><modelVersion>4.0.0</modelVersion><groupId>all</groupId>"
                + "<artifactId>all</artifactId><version>1</version><packaging>pom</packaging>"
                + "<modules>");
    projects.forEach(project -> pom.append("<module>").append(project).append("</module>"));
    Files.writeString(folder.resolve("pom.xml"), pom.append("</modules></project>"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("metastore.maven", ""), "bin", "mvn").toString());
    command.addAll(List.of("--batch-mode", "--no-transfer-progress"));
    if (System.getProperty("metastore.connection", "").equals("offline=true")) {
      command.add("--offline");
    }
    command.add("-Dmaven.repo.local=" + repository);
    command.add(goal);
    var unused = Program.run(folder, command.toArray(String[]::new));
  }
}
