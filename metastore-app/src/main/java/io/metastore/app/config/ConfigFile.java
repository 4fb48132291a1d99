package io.metastore.app.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The YAML file: a mapping from setting names to scalars, lists, or, for pairs, mappings. */
final class ConfigFile {
  /** etcd's file holds its flags for TLS in two mappings; each key is a flag behind the prefix. */
  private static final Map<String, String> TLS =
      Map.of("client-transport-security", "", "peer-transport-security", "peer-");

  private final Path file;
  private final String text;
  private final Map<String, Value> values = new HashMap<>();

  private ConfigFile(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  /**
   * Reads the values of a file by setting name.
   *
   * @param given the file's name as it was written
   */
  static Map<String, Value> read(Value given, Path file) throws ConfigException {
    if (Files.isDirectory(file)) {
      throw given.refuse("is a directory, not a file");
    }
    ConfigFile read;
    try (InputStream in = Files.newInputStream(file)) {
      read = new ConfigFile(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw given.refuse("there is no such file");
    } catch (IOException e) {
      throw given.refuse("cannot be read: " + e.getMessage());
    }
    for (Map.Entry<?, ?> entry : read.load().entrySet()) {
      read.add(String.valueOf(entry.getKey()), entry.getValue());
    }
    return read.values;
  }

  private void add(String key, @Nullable Object value) throws ConfigException {
    String prefix = TLS.get(key);
    if (prefix != null && value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        add(prefix + entry.getKey(), entry.getValue());
      }
      return;
    }
    Optional<Setting<?>> setting = Settings.named(key);
    Optional<String> name = setting.<String>map(Setting::name).or(() -> EtcdFlags.canonical(key));
    if (name.isEmpty()) {
      throw new ConfigException(at(key) + key + " is not a setting" + hint(key));
    }
    if (setting.isPresent() && setting.get().group() == Setting.Group.FILE) {
      throw new ConfigException(at(key) + key + " has no meaning in the file itself");
    }
    // As in the environment, what is set to nothing is not set.
    if (value != null) {
      boolean pairs = setting.isPresent() && setting.get().repeatable();
      values.put(name.get(), Value.file(key, file.toString(), text(key, pairs, value)));
    }
  }

  /** The file, and the line of a key that is there. */
  private String at(String key) {
    int line = 1;
    for (String written : text.lines().toList()) {
      if (written.strip().replaceAll("[\"']", "").matches("\\Q" + key + "\\E\\s*:.*")) {
        return file + ":" + line + ": ";
      }
      line++;
    }
    return file + ": ";
  }

  private static String hint(String key) {
    return Nearest.to(key, Settings.all().stream().map(Setting::name).toList())
        .map(name -> "; did you mean " + name + "?")
        .orElse("");
  }

  private Map<?, ?> load() throws ConfigException {
    Object document;
    try {
      document =
          new Load(LoadSettings.builder().setLabel(file.toString()).build()).loadFromString(text);
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

  private String text(String key, boolean pairs, Object value) throws ConfigException {
    if (value instanceof List<?> list) {
      StringJoiner joined = new StringJoiner(",");
      for (Object item : list) {
        joined.add(scalar(key, item));
      }
      return joined.toString();
    }
    if (value instanceof Map<?, ?> map && pairs) {
      StringJoiner joined = new StringJoiner(",");
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        joined.add(entry.getKey() + "=" + scalar(key, entry.getValue()));
      }
      return joined.toString();
    }
    return scalar(key, value);
  }

  private String scalar(String key, @Nullable Object value) throws ConfigException {
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
        key + " in " + file + ": must be a text, a number or a list, not " + found);
  }
}
