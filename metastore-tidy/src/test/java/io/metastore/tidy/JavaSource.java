package io.metastore.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * One parsed Java file. Rules look at the syntax tree and not at the text, so that comments and
 * strings do not count and formatting does not matter.
 */
final class JavaSource {
  private final Path path;
  private final String text;
  private final CompilationUnitTree unit;
  private final Trees trees;

  private JavaSource(Path path, String text, CompilationUnitTree unit, Trees trees) {
    this.path = path;
    this.text = text;
    this.unit = unit;
    this.trees = trees;
  }

  /** Reads and parses {@code root/path}. */
  static JavaSource read(Path root, Path path) {
    try {
      return parse(path, Files.readString(root.resolve(path)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Parses {@code text} as if it stood at {@code path}. */
  static JavaSource parse(Path path, String text) {
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///" + path), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    // -proc:none: no annotation processor is wanted for a mere parse.
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, List.of("-proc:none"), null, List.of(file));
    try {
      return new JavaSource(path, text, task.parse().iterator().next(), Trees.instance(task));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the file is, from the root of the source tree. */
  Path path() {
    return path;
  }

  String text() {
    return text;
  }

  CompilationUnitTree unit() {
    return unit;
  }

  /** The file's package, empty for {@code module-info.java}. */
  String packageName() {
    return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
  }

  long lines() {
    return text.lines().count();
  }

  long firstLine(Tree tree) {
    return line(trees.getSourcePositions().getStartPosition(unit, tree));
  }

  long lastLine(Tree tree) {
    return line(trees.getSourcePositions().getEndPosition(unit, tree) - 1);
  }

  private long line(long position) {
    return unit.getLineMap().getLineNumber(position);
  }
}
