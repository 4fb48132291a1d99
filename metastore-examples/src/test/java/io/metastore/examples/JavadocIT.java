package io.metastore.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The page of what others compile against, {@code target/javadoc/index.html}, is built without a
 * warning. A parameter that its name explains needs no tag, everything public needs a comment.
 */
class JavadocIT {
  /** Module names of the documented ones, by the names of their folders. */
  private static final List<String> MODULES =
      List.of("metastore-api", "metastore-testkit", "metastore-junit");

  private static final Pattern WARNING =
      Pattern.compile("(?m)^.*(warning|error)(?!: no @(param|return|throws)\\b).*$");

  // A line that counts the tags which are not there is none of these.
  private static final Pattern COUNT = Pattern.compile("\\d+ (warning|error)s?");

  @Test
  void everythingPublicIsDocumentedWithoutWarnings() throws Exception {
    Path page = Path.of("target/javadoc").toAbsolutePath();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-quiet",
                "-Xdoclint:all",
                "-Xmaxwarns",
                "100000",
                "-Xmaxerrs",
                "1000",
                "-d",
                page.toString(),
                "--module-path",
                libraries(),
                "--module",
                MODULES.stream().map(JavadocIT::module).collect(Collectors.joining(","))));
    for (String folder : MODULES) {
      Path source = Path.of("..", folder, "src/main/java");
      arguments.add("--module-source-path");
      arguments.add(module(folder) + "=" + source);
    }
    StringWriter output = new StringWriter();
    PrintWriter printer = new PrintWriter(output);
    ToolProvider.findFirst("javadoc")
        .orElseThrow()
        .run(printer, printer, arguments.toArray(String[]::new));
    List<String> warnings =
        WARNING
            .matcher(output.toString())
            .results()
            .map(found -> found.group())
            .filter(line -> !COUNT.matcher(line).matches())
            .toList();
    assertEquals(List.of(), warnings);
    assertTrue(Files.exists(page.resolve("io.metastore.junit/module-summary.html")));
    assertTrue(Files.exists(page.resolve("index.html")), output.toString());
  }

  private static String module(String folder) {
    return folder.replace("metastore-", "io.metastore.");
  }

  /** What the tests were given, but for what is documented from its source. */
  private static String libraries() {
    String inPath = System.getProperty("java.class.path", "");
    String path = System.getProperty("surefire.test.class.path", inPath);
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .filter(entry -> MODULES.stream().noneMatch(entry::contains))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
