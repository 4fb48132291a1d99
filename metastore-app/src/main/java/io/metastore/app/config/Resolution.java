package io.metastore.app.config;

import io.metastore.app.config.Setting.Refusal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Where each setting's value was found: flag over environment over file over default. */
final class Resolution {
  private static final List<String> PREFIXES = List.of("ETCD_", "METASTORE_");

  /**
   * What etcd's flags without a meaning here come to.
   *
   * @param ignored as they were written
   * @param warnings what to know of some of them, one line each
   */
  record Foreign(List<String> ignored, List<String> warnings) {}

  private final Map<String, Value> values;

  private Resolution(Map<String, Value> values) {
    this.values = values;
  }

  /**
   * Looks every setting up, and every flag of etcd's.
   *
   * @param flags the values given to each flag, by the flag's name as it was written
   * @param environment the process's environment
   */
  static Resolution of(Map<String, List<String>> flags, Map<String, String> environment)
      throws ConfigException {
    Map<String, Value> values = new HashMap<>();
    for (Setting<?> setting : Settings.all()) {
      values.put(setting.name(), Value.fallback(setting));
    }
    Map<String, Value> near = new HashMap<>();
    for (String name : known()) {
      // What comes later counts more.
      for (String spelling : List.of(Names.twin(name), name)) {
        for (String prefix : PREFIXES) {
          String variable = prefix + Names.upper(spelling);
          // As in etcd, a variable that is set to nothing is not set.
          String text = environment.getOrDefault(variable, "");
          if (!text.isEmpty()) {
            near.put(name, Value.environment(variable, text));
          }
        }
      }
      for (String spelling : List.of(Names.twin(name), name)) {
        List<String> given = flags.getOrDefault(spelling, List.of());
        if (!given.isEmpty()) {
          near.put(name, Value.flag(spelling, repeatable(name) ? joined(given) : given.getLast()));
        }
      }
    }
    Value file = near.get(Settings.CONFIG_FILE.name());
    if (file != null) {
      values.putAll(ConfigFile.read(file, parse(Settings.CONFIG_FILE, file)));
    }
    values.putAll(near);
    return new Resolution(values);
  }

  private static List<String> known() {
    List<String> known = new ArrayList<>(Settings.all().stream().map(Setting::name).toList());
    known.addAll(EtcdFlags.names());
    return known;
  }

  private static boolean repeatable(String name) {
    return Settings.named(name).map(Setting::repeatable).orElse(false);
  }

  private static String joined(List<String> values) {
    return String.join(",", values);
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
   * Judges etcd's flags that are no settings.
   *
   * @throws ConfigException when one must not be ignored
   */
  Foreign foreign() throws ConfigException {
    List<String> ignored = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (String name : EtcdFlags.names()) {
      Value value = values.get(name);
      Optional<EtcdFlags.Row> row = EtcdFlags.row(name);
      if (value == null || row.isEmpty()) {
        continue;
      }
      if (!row.get().accepts(value.text())) {
        throw value.refuse(row.get().refusal());
      }
      if (EtcdFlags.asksForNothing(value.text()) || row.get().remark().isEmpty()) {
        ignored.add(value.spelled());
      } else {
        warnings.add(value.spelled() + " changes nothing: " + row.get().remark());
      }
    }
    return new Foreign(ignored, warnings);
  }

  /**
   * Environment variables that look like settings and are none, each with a hint. Variables that
   * the launcher reads, and those that Kubernetes makes for a service of our name, are not meant.
   */
  static List<String> strangers(Map<String, String> environment) {
    List<String> known = new ArrayList<>();
    for (String name : known()) {
      for (String spelling : List.of(name, Names.twin(name))) {
        PREFIXES.forEach(prefix -> known.add(prefix + Names.upper(spelling)));
      }
    }
    List<String> strangers = new ArrayList<>();
    for (String variable : new TreeSet<>(environment.keySet())) {
      boolean ours = PREFIXES.stream().anyMatch(variable::startsWith);
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
