package io.metastore.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule finds what it is there to find, and nothing in comments and strings. */
class RuleTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nothingIsSynchronized|synchronized void f() {}",
        "nothingIsSynchronized|void f() { synchronized (this) {} }",
        "nothingSleeps|void f() throws Exception { Thread.sleep(1); }",
        "nothingSleeps|void f() throws Exception { java.lang.Thread.sleep(1); }",
        "onlyTheConsolePrints|void f() { System.out.println(); }",
        "onlyTheConsolePrints|java.util.function.Consumer<String> f = System.err::println;",
        "nothingIsLeftToDo|// TODO: later",
        "logKeysAreKeys|void f() { LOG.info(\"done name={}\", name); }",
        "logKeysAreKeys|void f() { LOG.info(\"done because=\\\"{}\\\"\", cause); }",
        "applyReadsNoClock|long f() { return System.nanoTime(); }",
        "applyReadsNoClock|java.util.function.LongSupplier f = System::currentTimeMillis;",
        "applyDrawsNoLots|Object f() { return java.util.UUID.randomUUID(); }",
        "applyDrawsNoLots|double f() { return Math.random(); }",
        "applyHasNoHashOrder|Object f = new java.util.HashMap<String, String>();",
      })
  void aBreachIsFound(String rule, String member) {
    List<String> found = rule(rule).check().apply(sourceWith(member));
    assertEquals(1, found.size(), found::toString);
    assertTrue(found.getFirst().startsWith("5: "), found::toString);
  }

  @Test
  void anImportedHashMapIsFound() {
    JavaSource source = parse("package io.metastore.core.apply;\nimport java.util.HashMap;\n");
    assertEquals(
        List.of("2: java.util.HashMap"), rule("applyHasNoHashOrder").check().apply(source));
  }

  @Test
  void commentsAndStringsAreNotCode() {
    JavaSource source = sourceWith("/* Thread.sleep(1), HashMap */ String f = \"System.out\";");
    for (Rule rule : Rule.ALL) {
      assertEquals(List.of(), rule.check().apply(source), rule.name());
    }
  }

  @Test
  void aLongFileIsFound() {
    assertFound("filesAreShort", parse("// x\n".repeat(Rule.FILE_LINES_MAX + 1)));
    assertEquals(
        List.of(),
        rule("filesAreShort").check().apply(parse("// x\n".repeat(Rule.FILE_LINES_MAX))));
  }

  @Test
  void aLongMethodIsFound() {
    // The signature and the closing brace are two of its lines.
    String body = "f();\n".repeat(Rule.METHOD_LINES_MAX - 2);
    assertEquals(
        List.of(),
        rule("methodsFitAScreen").check().apply(sourceWith("void f() {\n" + body + "}")));
    assertFound("methodsFitAScreen", sourceWith("void f() {\n" + body + "f();\n}"));
  }

  @Test
  void applyRulesHoldInApplyPackagesOnly() {
    JavaSource apply = parse("package io.metastore.core.apply;\nfinal class A {}\n");
    JavaSource other = parse("package io.metastore.raft;\nfinal class A {}\n");
    assertTrue(rule("applyReadsNoClock").applies().test(apply));
    assertFalse(rule("applyReadsNoClock").applies().test(other));
  }

  private static void assertFound(String rule, JavaSource source) {
    assertEquals(1, rule(rule).check().apply(source).size());
  }

  private static JavaSource sourceWith(String member) {
    return parse("package io.metastore.core.apply;\n\nfinal class A {\n\n" + member + "\n}\n");
  }

  private static JavaSource parse(String text) {
    return JavaSource.parse(Path.of("A.java"), text);
  }

  private static Rule rule(String name) {
    return Rule.ALL.stream().collect(Collectors.toMap(Rule::name, rule -> rule)).get(name);
  }
}
