package io.metastore.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The whole source tree against the house rules that no compiler holds. */
class TidyTest {
  /** A folder of one machine: of no use to a reader on another. */
  private static final Pattern MACHINE_PATH =
      Pattern.compile("(?<![\\w.$}])/(work|root|home/\\w+|Users/\\w+)/");

  private static SourceTree tree;
  private static List<JavaSource> sources;

  @BeforeAll
  static void parseTheTree() throws IOException {
    tree = SourceTree.find();
    sources = tree.mainJava().stream().map(file -> JavaSource.read(tree.root(), file)).toList();
  }

  @TestFactory
  Stream<DynamicTest> everyRuleHolds() {
    return Rule.ALL.stream().map(rule -> DynamicTest.dynamicTest(rule.name(), () -> hold(rule)));
  }

  private static void hold(Rule rule) {
    List<String> breaches = new ArrayList<>();
    for (JavaSource source : sources) {
      if (rule.applies().test(source)) {
        rule.check().apply(source).forEach(found -> breaches.add(source.path() + ":" + found));
      }
    }
    assertNone(rule.reason(), breaches);
  }

  @Test
  void theTreeIsSeen() {
    assertTrue(sources.size() > 20, () -> "only " + sources.size() + " below " + tree.root());
  }

  @Test
  void everyPackageIsDescribedAndNullMarked() throws IOException {
    TreeSet<Path> packages = new TreeSet<>();
    for (JavaSource source : sources) {
      // A class that stands in for one of a library's is in a package that the library owns.
      if (source.packageName().startsWith("io.metastore")) {
        packages.add(source.path().resolveSibling("package-info.java"));
      }
    }
    List<String> breaches = new ArrayList<>();
    for (Path description : packages) {
      if (!tree.files().contains(description)) {
        breaches.add(description + ": missing");
      } else if (!tree.read(description).contains("@NullMarked")) {
        breaches.add(description + ": not @NullMarked");
      }
    }
    assertNone("a package says what it owns, which threads use it, and that null is not", breaches);
  }

  @Test
  void everySourceFolderIsChecked() throws IOException {
    String lint = tree.read(Path.of("metastore-lint/pom.xml"));
    TreeSet<String> missing = new TreeSet<>();
    for (Path file : tree.matching(TidyTest::isOurCode)) {
      String folder = file.subpath(0, 4).toString();
      if (!lint.contains("/../" + folder + "<")) {
        missing.add(folder);
      }
    }
    assertNone("Error Prone sees the folders that metastore-lint lists", List.copyOf(missing));
  }

  @Test
  void unitTestsThatAreLeftOutOfAModuleRunElsewhere() throws IOException {
    String elsewhere =
        tree.read(Path.of("metastore-unit-tests/pom.xml"))
            + tree.read(Path.of("metastore-raft-tests/pom.xml"))
            + tree.read(Path.of("metastore-system-tests/pom.xml"));
    TreeSet<String> missing = new TreeSet<>();
    for (Path file :
        tree.matching(f -> f.toString().matches("metastore-[^/]+/src/test/java/.+Test\\.java"))) {
      String module = file.getName(0).toString();
      String pom = tree.read(Path.of(module, "pom.xml"));
      if (!pom.contains("<unit.tests.apart>false<")
          && !elsewhere.contains("/../" + module + "/target/test-classes<")) {
        missing.add(module);
      }
    }
    assertNone(
        "with -Pall a module's unit tests run in metastore-unit-tests, or it says that its own pom"
            + " keeps them",
        List.copyOf(missing));
  }

  /** The classes of metastore-ratis stand in for a library's and are written against it. */
  private static boolean isOurCode(Path file) {
    return file.toString().matches("metastore-[^/]+/src/(main|test)/java/.+\\.java")
        && !file.startsWith("metastore-ratis")
        && !file.endsWith("module-info.java");
  }

  @Test
  void documentsNameNoFolderOfOneMachine() throws IOException {
    List<String> breaches = new ArrayList<>();
    for (Path file :
        tree.matching(file -> file.toString().matches(".*\\.(md|yaml|yml|options|sh|xml)"))) {
      if (MACHINE_PATH.matcher(tree.read(file)).find()) {
        breaches.add(file.toString());
      }
    }
    assertNone("a path of one machine is of no use on another", breaches);
  }

  @Test
  void documentsLinkToWhatExists() throws IOException {
    Pattern link = Pattern.compile("\\]\\((?!https?:|mailto:|#)([^)#\\s]+)");
    List<String> breaches = new ArrayList<>();
    for (Path file : tree.matching(file -> file.toString().endsWith(".md"))) {
      link.matcher(tree.read(file))
          .results()
          .map(found -> found.group(1))
          .filter(target -> !tree.root().resolve(file).resolveSibling(target).toFile().exists())
          .forEach(target -> breaches.add(file + ": " + target));
    }
    assertNone("a broken link sends the reader nowhere", breaches);
  }

  private static void assertNone(String reason, List<String> breaches) {
    assertEquals(0, breaches.size(), () -> reason + ":\n  " + String.join("\n  ", breaches) + "\n");
  }
}
