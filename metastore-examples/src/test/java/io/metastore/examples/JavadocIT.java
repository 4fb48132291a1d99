package io.metastore.tidy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The API's Javadoc has no warnings. A parameter that its name explains needs no tag, everything
 * public needs a comment.
 */
class JavadocTest {
  private static final Pattern WARNING =
      Pattern.compile("(?m)^.*: (warning|error)(?!: no @(param|return|throws)\\b).*$");

  @TempDir private Path directory;

  @Test
  void apiIsDocumentedWithoutWarnings() throws Exception {
    SourceTree tree = SourceTree.find();
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
                directory.toString(),
                "--module-path",
                jspecify()));
    tree.mainJava().stream()
        .filter(file -> file.startsWith("metastore-api"))
        .map(file -> tree.root().resolve(file).toString())
        .forEach(arguments::add);
    StringWriter output = new StringWriter();
    PrintWriter printer = new PrintWriter(output);
    ToolProvider.findFirst("javadoc")
        .orElseThrow()
        .run(printer, printer, arguments.toArray(String[]::new));
    List<String> warnings =
        WARNING.matcher(output.toString()).results().map(found -> found.group()).toList();
    assertEquals(List.of(), warnings);
    assertTrue(Files.exists(directory.resolve("index.html")), output.toString());
  }

  private static String jspecify() throws URISyntaxException {
    return Path.of(NullMarked.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .toString();
  }
}
