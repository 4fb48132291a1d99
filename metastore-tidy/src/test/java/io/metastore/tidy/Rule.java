package io.metastore.tidy;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/**
 * One rule for main sources that no compiler holds.
 *
 * @param name the claim, as the name of a test
 * @param reason why, for whoever breaks it
 * @param applies to which files
 * @param check every breach in a file, each beginning with its line
 */
record Rule(
    String name,
    String reason,
    Predicate<JavaSource> applies,
    Function<JavaSource, List<String>> check) {
  static final int FILE_LINES_MAX = 400;
  static final int METHOD_LINES_MAX = 70;

  /** Packages whose code every member runs on the same entries with the same result. */
  static final Set<String> APPLY_PACKAGES =
      Set.of(
          "io.metastore.core.apply",
          "io.metastore.core.compact",
          "io.metastore.core.mvcc",
          "io.metastore.core.quota",
          "io.metastore.core.txn");

  /** Packages that talk to whoever typed the command, or bring the log to standard error. */
  static final Set<String> CONSOLE_PACKAGES =
      Set.of(
          "io.metastore.app",
          "io.metastore.app.bench",
          "io.metastore.app.cli",
          "io.metastore.app.logging");

  /** Test support prints seeds, and talks to the processes it starts. */
  private static final String TESTKIT = "io.metastore.testkit";

  /** What stands in for a class of Ratis' server takes the locks that the server takes. */
  private static final String RATIS_SERVER = "org.apache.ratis.server.impl";

  /** And its test holds one of them. */
  private static final String RATIS_SERVER_TEST = "FollowerStateTest.java";

  static final List<Rule> ALL =
      List.of(
          new Rule(
              "filesAreShort",
              "a file is read in one sitting: split it by role",
              source -> true,
              source ->
                  source.lines() <= FILE_LINES_MAX
                      ? List.of()
                      : List.of("1: " + source.lines() + " lines, at most " + FILE_LINES_MAX)),
          new Rule(
              "methodsFitAScreen",
              "a method that is seen at once can be checked at once: give its parts names",
              source -> true,
              Rule::longMethods),
          new Rule(
              "nothingIsSynchronized",
              "on Java 21 a virtual thread that blocks in it holds its carrier: use ReentrantLock",
              source ->
                  !source.packageName().equals(RATIS_SERVER)
                      && !source.path().endsWith(RATIS_SERVER_TEST),
              Rule::synchronizedCode),
          new Rule(
              "nothingSleeps",
              "a sleep is too long or too short: wait on a condition, with a deadline",
              source -> true,
              source -> calls(source, Set.of("Thread.sleep"))),
          new Rule(
              "onlyTheConsolePrints",
              "what a node has to say goes to its log, where levels and formats are set",
              source ->
                  !CONSOLE_PACKAGES.contains(source.packageName())
                      && !source.packageName().startsWith(TESTKIT),
              source -> calls(source, Set.of("System.out", "System.err"))),
          new Rule(
              "nothingIsLeftToDo",
              "an issue is seen by others, a note in the code by nobody",
              source -> true,
              source -> lines(source, Pattern.compile("\\b(TODO|FIXME|XXX)\\b"))),
          new Rule(
              "logKeysAreKeys",
              "a machine that reads the log as JSON gets keys from addKeyValue, not from a message",
              source -> true,
              source -> lines(source, Pattern.compile("=(\\\\\")?[{][}]"))),
          new Rule(
              "applyReadsNoClock",
              "two members apply the same entry at different times and must get the same result",
              source -> APPLY_PACKAGES.contains(source.packageName()),
              source ->
                  calls(
                      source,
                      Set.of(
                          "System.nanoTime",
                          "System.currentTimeMillis",
                          "Instant.now",
                          "Clock.systemUTC",
                          "LocalDateTime.now"))),
          new Rule(
              "applyDrawsNoLots",
              "two members that apply the same entry must get the same result",
              source -> APPLY_PACKAGES.contains(source.packageName()),
              source ->
                  names(
                      source,
                      Set.of(
                          "Random",
                          "SecureRandom",
                          "SplittableRandom",
                          "ThreadLocalRandom",
                          "RandomGenerator",
                          "randomUUID",
                          "random"))),
          new Rule(
              "applyHasNoHashOrder",
              "the order of a hash table differs between members: use TreeMap or LinkedHashMap",
              source -> APPLY_PACKAGES.contains(source.packageName()),
              source ->
                  names(
                      source,
                      Set.of("HashMap", "HashSet", "IdentityHashMap", "ConcurrentHashMap"))));

  private static List<String> longMethods(JavaSource source) {
    List<String> found = new ArrayList<>();
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitMethod(MethodTree method, Void unused) {
        if (method.getBody() != null) {
          long lines = source.lastLine(method.getBody()) - source.firstLine(method) + 1;
          if (lines > METHOD_LINES_MAX) {
            found.add(
                "%d: %s has %d lines, at most %d"
                    .formatted(
                        source.firstLine(method), method.getName(), lines, METHOD_LINES_MAX));
          }
        }
        return super.visitMethod(method, null);
      }

      @Override
      public Void visitLambdaExpression(LambdaExpressionTree lambda, Void unused) {
        long lines = source.lastLine(lambda) - source.firstLine(lambda) + 1;
        if (lines > METHOD_LINES_MAX) {
          found.add("%d: a lambda has %d lines".formatted(source.firstLine(lambda), lines));
        }
        return super.visitLambdaExpression(lambda, null);
      }
    }.scan(source.unit(), null);
    return found;
  }

  private static List<String> synchronizedCode(JavaSource source) {
    List<String> found = new ArrayList<>();
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitSynchronized(SynchronizedTree block, Void unused) {
        found.add(source.firstLine(block) + ": a synchronized block");
        return super.visitSynchronized(block, null);
      }

      @Override
      public Void visitMethod(MethodTree method, Void unused) {
        if (method.getModifiers().getFlags().contains(Modifier.SYNCHRONIZED)) {
          found.add(source.firstLine(method) + ": synchronized " + method.getName());
        }
        return super.visitMethod(method, null);
      }
    }.scan(source.unit(), null);
    return found;
  }

  /** Uses of {@code Type.member}, qualified by a package or not. */
  private static List<String> calls(JavaSource source, Set<String> banned) {
    List<String> found = new ArrayList<>();
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitMemberSelect(MemberSelectTree select, Void unused) {
        check(select, select.getExpression(), select.getIdentifier().toString());
        return super.visitMemberSelect(select, null);
      }

      @Override
      public Void visitMemberReference(MemberReferenceTree reference, Void unused) {
        check(reference, reference.getQualifierExpression(), reference.getName().toString());
        return super.visitMemberReference(reference, null);
      }

      private void check(Tree where, Tree owner, String member) {
        String type = owner.toString();
        String call = type.substring(type.lastIndexOf('.') + 1) + "." + member;
        if (banned.contains(call)) {
          found.add(source.firstLine(where) + ": " + call);
        }
      }
    }.scan(source.unit(), null);
    return found;
  }

  /** Names, wherever they stand: imports, types, calls. */
  private static List<String> names(JavaSource source, Set<String> banned) {
    List<String> found = new ArrayList<>();
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitIdentifier(IdentifierTree identifier, Void unused) {
        if (banned.contains(identifier.getName().toString())) {
          found.add(source.firstLine(identifier) + ": " + identifier.getName());
        }
        return super.visitIdentifier(identifier, null);
      }

      @Override
      public Void visitMemberSelect(MemberSelectTree select, Void unused) {
        if (banned.contains(select.getIdentifier().toString())) {
          found.add(source.firstLine(select) + ": " + select);
        }
        return super.visitMemberSelect(select, null);
      }

      @Override
      public Void visitMemberReference(MemberReferenceTree reference, Void unused) {
        if (banned.contains(reference.getName().toString())) {
          found.add(source.firstLine(reference) + ": " + reference);
        }
        return super.visitMemberReference(reference, null);
      }
    }.scan(source.unit(), null);
    return found;
  }

  private static List<String> lines(JavaSource source, Pattern banned) {
    List<String> found = new ArrayList<>();
    int number = 0;
    for (String line : source.text().lines().toList()) {
      number++;
      if (banned.matcher(line).find()) {
        found.add(number + ": " + line.strip());
      }
    }
    return found;
  }
}
