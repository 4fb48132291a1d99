package io.metastore.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What tests are called in {@code @DisplayName}. */
final class DisplayNames {
  private static final Pattern NUMBERED = Pattern.compile("(\\d+(?:, \\d+)*): .*");

  private DisplayNames() {}

  /** All of a file, in their order. */
  static List<String> of(JavaSource source) {
    List<String> names = new ArrayList<>();
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitAnnotation(AnnotationTree annotation, Void unused) {
        if (annotation.getAnnotationType().toString().matches("(.*\\.)?DisplayName")) {
          StringBuilder name = new StringBuilder();
          annotation.getArguments().forEach(argument -> collect(argument, name));
          names.add(name.toString());
        }
        return super.visitAnnotation(annotation, null);
      }
    }.scan(source.unit(), null);
    return names;
  }

  /** The literals of an expression, put together. */
  private static void collect(ExpressionTree expression, StringBuilder to) {
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitLiteral(LiteralTree literal, Void unused) {
        to.append(literal.getValue());
        return super.visitLiteral(literal, null);
      }
    }.scan(expression, null);
  }

  /** The numbers that a name begins with, which may be none. */
  static List<Integer> numbers(String name) {
    Matcher numbered = NUMBERED.matcher(name);
    if (!numbered.matches()) {
      return List.of();
    }
    return List.of(numbered.group(1).split(", ")).stream().map(Integer::valueOf).toList();
  }
}
