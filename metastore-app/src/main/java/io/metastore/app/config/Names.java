package io.metastore.app.config;

import java.util.Locale;

/** How the constants of an enum are written by an operator. */
final class Names {
  private Names() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
