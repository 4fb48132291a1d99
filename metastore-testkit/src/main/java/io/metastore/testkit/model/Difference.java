package io.metastore.testkit.model;

import java.util.List;

/**
 * A program that a subject does not take as the model does.
 *
 * @param program a seed for each step, up to the one that differs
 * @param steps what the seeds made
 * @param cause how the two differ
 */
record Difference(List<Long> program, List<Step> steps, Throwable cause) {
  Difference {
    program = List.copyOf(program);
    steps = List.copyOf(steps);
  }

  /** The steps, a line for each, and what is wrong with the last. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < steps.size(); i++) {
      text.append("%n  %3d %s".formatted(i, ModelRun.readable(steps.get(i))));
    }
    return text.append("%n%s".formatted(cause.getMessage())).toString();
  }
}
