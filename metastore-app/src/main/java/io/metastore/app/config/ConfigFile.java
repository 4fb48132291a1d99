package io.metastore.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The YAML file: a mapping from setting names to scalars, lists, or, for pairs, mappings. */
final class ConfigFile {
  private ConfigFile() {}

  /** Reads the values of a file by setting name. */
  static Map<String, Value> read(Path file) throws ConfigException {
    Map<String, Value> values = new HashMap<>();
    for (Map.Entry<?, ?> entry : load(file).entrySet()) {
      String key = String.valueOf(entry.getKey());
      Setting<?> setting =
          Settings.all().stream()
              .filter(s -> s.name().equals(key) && s.group() != Setting.Group.FILE)
              .findFirst()
              .orElseThrow(
                  () -> new ConfigException(file + ": " + key + " is not a setting" + hint(key)));
      String text = text(setting, file, entry.getValue());
      values.put(key, Value.file(setting, file.toString(), text));
    }
    return values;
  }

  private static String hint(String key) {
    return Nearest.to(key, Settings.all().stream().map(Setting::name).toList())
        .map(name -> "; did you mean " + name + "?")
        .orElse("");
  }

  private static Map<?, ?> load(Path file) throws ConfigException {
    Object document;
    try (InputStream in = Files.newInputStream(file)) {
      document =
          new Load(LoadSettings.builder().setLabel(file.toString()).build())
              .loadFromInputStream(in);
    } catch (NoSuchFileException e) {
      throw new ConfigException("--config-file=" + file + ": there is no such file");
    } catch (IOException e) {
      throw new ConfigException("--config-file=" + file + ": cannot be read: " + e.getMessage());
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
      throw new ConfigException(file + line + ": is not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new ConfigException(file + ": is not YAML: " + e.getMessage());
    }
    if (document == null) {
      return Map.of();
    }
    if (document instanceof Map<?, ?> map) {
      return map;
    }
    throw new ConfigException(file + ": must be a mapping, like \"name: default\"");
  }

  private static String text(Setting<?> setting, Path file, @Nullable Object value)
      throws ConfigException {
    if (value instanceof List<?> list) {
      StringJoiner joined = new StringJoiner(",");
      for (Object item : list) {
        joined.add(scalar(setting, file, item));
      }
      return joined.toString();
    }
    if (value instanceof Map<?, ?> map && setting.repeatable()) {
      StringJoiner joined = new StringJoiner(",");
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        joined.add(entry.getKey() + "=" + scalar(setting, file, entry.getValue()));
      }
      return joined.toString();
    }
    return scalar(setting, file, value);
  }

  private static String scalar(Setting<?> setting, Path file, @Nullable Object value)
      throws ConfigException {
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    String found =
        switch (value) {
          case null -> "nothing";
          case List<?> list -> "a list in a list";
          case Map<?, ?> map -> "a mapping";
          default -> value.getClass().getSimpleName();
        };
    throw new ConfigException(
        setting.name() + " in " + file + ": must be a text, a number or a list, not " + found);
  }
}
