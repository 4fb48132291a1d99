package io.metastore.app.config;

/**
 * A value as it was written, and where.
 *
 * @param text the value
 * @param origin where it came from
 * @param where the setting as its origin spells it: {@code --name}, {@code METASTORE_NAME}, {@code
 *     name in /etc/metastore.yaml}
 */
record Value(String text, Origin origin, String where) {
  /** The places a value can come from, the one that counts most first. */
  enum Origin {
    FLAG,
    ENVIRONMENT,
    FILE,
    DEFAULT
  }

  static Value flag(Setting<?> setting, String text) {
    return new Value(text, Origin.FLAG, setting.flag());
  }

  static Value environment(String variable, String text) {
    return new Value(text, Origin.ENVIRONMENT, variable);
  }

  static Value file(Setting<?> setting, String file, String text) {
    return new Value(text, Origin.FILE, setting.name() + " in " + file);
  }

  static Value fallback(Setting<?> setting, String text) {
    return new Value(text, Origin.DEFAULT, setting.flag() + " (default)");
  }

  /** Whether an operator wrote it. */
  boolean given() {
    return origin != Origin.DEFAULT;
  }

  /** A refusal of this value: {@code --name="": must not be empty}. */
  ConfigException refuse(String reason) {
    return new ConfigException(where + "=" + quoted() + ": " + reason);
  }

  private String quoted() {
    String line = text.replace("\n", "\\n").replace("\r", "\\r");
    boolean plain = !line.isEmpty() && line.chars().noneMatch(Character::isWhitespace);
    return plain ? line : "\"" + line + "\"";
  }
}
