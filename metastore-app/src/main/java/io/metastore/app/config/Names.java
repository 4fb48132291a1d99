package io.metastore.app.config;

import java.util.Locale;

/** How things are named by an operator. */
public final class Names {
  private static final String EXPERIMENTAL = "experimental-";

  private Names() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The other name of a setting: etcd's flags begin as {@code --experimental-x} and become {@code
   * --x} in a later release, and scripts have either.
   */
  public static String twin(String name) {
    return name.startsWith(EXPERIMENTAL)
        ? name.substring(EXPERIMENTAL.length())
        : EXPERIMENTAL + name;
  }

  /** The part of an environment variable behind {@code METASTORE_} or {@code ETCD_}. */
  static String upper(String name) {
    return name.replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
