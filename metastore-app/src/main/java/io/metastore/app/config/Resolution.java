package io.metastore.app.config;

import io.metastore.app.config.Setting.Refusal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Where each setting's value was found: flag over environment over file over default. */
final class Resolution {
  private final Map<String, Value> values;

  private Resolution(Map<String, Value> values) {
    this.values = values;
  }

  /**
   * Looks every setting up.
   *
   * @param flags the values given to each flag, by setting name
   * @param environment the process's environment
   */
  static Resolution of(Map<String, List<String>> flags, Map<String, String> environment)
      throws ConfigException {
    Map<String, Value> values = new HashMap<>();
    for (Setting<?> setting : Settings.all()) {
      values.put(setting.name(), Value.fallback(setting));
    }
    Map<String, Value> near = new HashMap<>();
    for (Setting<?> setting : Settings.all()) {
      // As in etcd, a variable that is set to nothing is not set.
      for (String variable : List.of(setting.etcdEnvironment(), setting.environment())) {
        String text = environment.getOrDefault(variable, "");
        if (!text.isEmpty()) {
          near.put(setting.name(), Value.environment(variable, text));
        }
      }
      List<String> given = flags.getOrDefault(setting.name(), List.of());
      if (!given.isEmpty()) {
        String text = setting.repeatable() ? String.join(",", given) : given.getLast();
        near.put(setting.name(), Value.flag(setting, text));
      }
    }
    Value file = near.get(Settings.CONFIG_FILE.name());
    if (file != null) {
      values.putAll(ConfigFile.read(parse(Settings.CONFIG_FILE, file)));
    }
    values.putAll(near);
    return new Resolution(values);
  }

  /** The value as it was written. */
  Value value(Setting<?> setting) {
    Value value = values.get(setting.name());
    if (value == null) {
      throw new IllegalStateException("not in the table of settings: " + setting.name());
    }
    return value;
  }

  /** Whether the setting has a value of its own, or one that follows from others. */
  boolean present(Setting<?> setting) {
    Value value = value(setting);
    return value.given() || !value.text().isEmpty();
  }

  /** The checked value. */
  <T> T get(Setting<T> setting) throws ConfigException {
    return parse(setting, value(setting));
  }

  private static <T> T parse(Setting<T> setting, Value value) throws ConfigException {
    try {
      return setting.parser().parse(value.text());
    } catch (Refusal refusal) {
      throw value.refuse(refusal.reason());
    }
  }

  /**
   * Environment variables that look like settings and are none, each with a hint. Variables that
   * the launcher reads, and those that Kubernetes makes for a service of our name, are not meant.
   */
  static List<String> strangers(Map<String, String> environment) {
    List<String> known = new ArrayList<>();
    for (Setting<?> setting : Settings.all()) {
      known.add(setting.environment());
      known.add(setting.etcdEnvironment());
    }
    List<String> strangers = new ArrayList<>();
    for (String variable : new TreeSet<>(environment.keySet())) {
      boolean ours = variable.startsWith("METASTORE_") || variable.startsWith("ETCD_");
      boolean launcher = variable.startsWith("METASTORE_JAVA") || variable.endsWith("_HOME");
      boolean service = variable.contains("_SERVICE_") || variable.contains("_PORT");
      if (ours && !launcher && !service && !known.contains(variable)) {
        String hint = Nearest.to(variable, known).map(n -> ", did you mean " + n + "?").orElse("");
        strangers.add(variable + hint);
      }
    }
    return strangers;
  }

  /** Every setting as it was written, by its name. */
  Map<String, String> spelled() {
    Map<String, String> spelled = new HashMap<>();
    values.forEach((name, value) -> spelled.put(name, value.spelled()));
    return spelled;
  }

  static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
