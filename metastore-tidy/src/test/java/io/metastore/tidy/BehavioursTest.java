package io.metastore.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * etcd's numbered behaviours can be walked: each has a test that says its number, in the one form
 * {@code @DisplayName("17: …")} or {@code @DisplayName("17, 18: …")}.
 */
class BehavioursTest {
  private static final int FIRST = 1;
  private static final int LAST = 77;

  /** Users by their certificates: there is no TLS yet. */
  private static final Set<Integer> NOT_BUILT = Set.of(76);

  /** Numbers of behaviours, each with the tests that name it. */
  private static final Map<Integer, Set<String>> TESTS = new TreeMap<>();

  /** Names that begin with a number in some other form. */
  private static final List<String> ODD = new ArrayList<>();

  @BeforeAll
  static void readTheTests() throws IOException {
    SourceTree tree = SourceTree.find();
    for (Path file : tree.matching(file -> file.toString().matches(".*/src/test/java/.*\\.java"))) {
      for (String name : DisplayNames.of(JavaSource.read(tree.root(), file))) {
        List<Integer> numbers = DisplayNames.numbers(name);
        numbers.forEach(
            number ->
                TESTS
                    .computeIfAbsent(number, unseen -> new TreeSet<>())
                    .add(file.getFileName() + ": " + name));
        if (numbers.isEmpty() && name.matches("\\W*\\d.*")) {
          ODD.add(file + ": " + name);
        }
      }
    }
  }

  @Test
  void everyBehaviourHasATestThatNamesIt() {
    List<Integer> missing = new ArrayList<>();
    for (int number = FIRST; number <= LAST; number++) {
      if (!NOT_BUILT.contains(number) && !TESTS.containsKey(number)) {
        missing.add(number);
      }
    }
    assertEquals(List.of(), missing, "behaviours without a test that says \"number: claim\"");
  }

  @Test
  void whatIsNotBuiltHasNoTest() {
    Set<Integer> built = new TreeSet<>(NOT_BUILT);
    built.retainAll(TESTS.keySet());
    assertEquals(Set.of(), built, () -> "built, it seems: " + TESTS);
  }

  @Test
  void numbersHaveOneForm() {
    assertEquals(List.of(), ODD, "a number is followed by a colon, or by a comma and the next");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "17: an empty end is one key|[17]",
        "17, 18: ranges|[17, 18]",
        "17 and 18: ranges|[]",
        "[17] ranges|[]",
        "ranges of 17: all|[]",
      })
  void numbersAreThoseBeforeTheColon(String name, String numbers) {
    assertEquals(numbers, DisplayNames.numbers(name).toString());
  }

  @Test
  void namesAreReadAlsoWhenTheyAreInPieces() {
    JavaSource source =
        JavaSource.parse(
            Path.of("A.java"),
            """
            class A {
              @DisplayName("1: a " + "claim")
              void a() {}

              // @DisplayName("2: a comment")
              @Test @org.junit.jupiter.api.DisplayName("3: another")
              void b() {}

              String c = "@DisplayName(\\"4: a text\\")";
            }
            """);
    assertEquals(List.of("1: a claim", "3: another"), DisplayNames.of(source));
  }
}
