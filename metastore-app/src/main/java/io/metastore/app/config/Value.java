package io.metastore.app.config;

/**
 * A value as it was written, and where.
 *
 * @param text the value
 * @param given whether an operator wrote it; false for a default
 * @param spelled setting and value as they were written: {@code --name=a}, {@code
 *     METASTORE_NAME=a}, {@code /etc/metastore.yaml: name: a}
 */
record Value(String text, boolean given, String spelled) {
  static Value flag(String name, String text) {
    return new Value(text, true, "--" + name + "=" + quoted(text));
  }

  static Value environment(String variable, String text) {
    return new Value(text, true, variable + "=" + quoted(text));
  }

  static Value file(String name, String file, String text) {
    return new Value(text, true, file + ": " + name + ": " + quoted(text));
  }

  static Value fallback(Setting<?> setting) {
    String text = setting.fallback();
    return new Value(text, false, setting.flag() + "=" + quoted(text) + " (default)");
  }

  /** A refusal of this value: {@code --name="": must not be empty}. */
  ConfigException refuse(String reason) {
    return new ConfigException(spelled + ": " + reason);
  }

  /** One line, whatever was written. */
  private static String quoted(String text) {
    String line = text.replace("\n", "\\n").replace("\r", "\\r");
    boolean plain = !line.isEmpty() && line.chars().noneMatch(Character::isWhitespace);
    return plain ? line : "\"" + line + "\"";
  }
}
