package io.metastore.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Whoever copies a program out of a document gets one that every build builds and runs: a block of
 * code behind a comment that names a file is that file.
 */
class DocumentedProgramsTest {
  private static final Pattern BLOCK =
      Pattern.compile("<!-- ([^ ]+) -->\\n```\\w+\\n(.*?)```\\n", Pattern.DOTALL);
  private static final Pattern COMMENT = Pattern.compile("<!-- (examples/[^ ]+) -->");

  private static SourceTree tree;

  @BeforeAll
  static void findTheTree() throws IOException {
    tree = SourceTree.find();
  }

  /** The blocks of a document by the file that each names. */
  private static Map<String, String> blocks(String document) throws IOException {
    String text = tree.read(Path.of(document));
    Map<String, String> blocks = new TreeMap<>();
    BLOCK.matcher(text).results().forEach(found -> blocks.put(found.group(1), found.group(2)));
    List<String> named =
        COMMENT.matcher(text).results().map(found -> found.group(1)).sorted().toList();
    assertEquals(named, List.copyOf(blocks.keySet()), document + ": comments without a block");
    for (Map.Entry<String, String> block : blocks.entrySet()) {
      assertEquals(tree.read(Path.of(block.getKey())), block.getValue(), document);
    }
    return blocks;
  }

  @Test
  void everyFileOfTheEmbeddingProjectIsInItsGuide() throws IOException {
    List<String> project =
        tree.matching(file -> file.startsWith("examples/embedding")).stream()
            .filter(file -> !file.endsWith("package-info.java"))
            .map(Path::toString)
            .toList();
    assertTrue(project.size() > 3, project::toString);
    assertEquals(project, List.copyOf(blocks("docs/embedding.md").keySet()));
  }

  @Test
  void whatAnEngineBeginsWithIsInItsGuide() throws IOException {
    String project = "examples/engine-mvstore/";
    assertEquals(
        List.of(
            project + "pom.xml",
            project + "src/main/java/example/mvstore/MvStoreEngineProvider.java",
            project + "src/main/java/module-info.java",
            project + "src/test/java/example/mvstore/MvStoreEngineTest.java"),
        List.copyOf(blocks("docs/plugins.md").keySet()));
  }

  /** A reader of an old number would not get what this build was tried with. */
  @Test
  void examplesUseTheVersionsOfThisBuild() throws IOException {
    Pattern version =
        Pattern.compile("<artifactId>([\\w-]+)</artifactId>\\s+<version>([\\w.-]+)</version>");
    String ours = tree.read(Path.of("pom.xml"));
    for (Path pom : tree.matching(file -> file.toString().matches("examples/[^/]+/pom.xml"))) {
      version
          .matcher(tree.read(pom))
          .results()
          .filter(found -> found.group(1).matches("maven-.*-plugin|junit-jupiter"))
          .forEach(
              found -> {
                String name = found.group(1).replace("junit-jupiter", "junit");
                String wanted = "<" + name + ".version>" + found.group(2) + "<";
                assertTrue(ours.contains(wanted), () -> pom + ": pom.xml has not " + wanted);
              });
    }
  }
}
