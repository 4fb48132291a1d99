package io.metastore.app;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.raft.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/** The storage engines that are installed, by name. Immutable. */
public final class StorageEngines {
  private record Installed(StorageEngineProvider provider, String where) {}

  private static final String BUILT_IN = "built in";

  private final SortedMap<String, Installed> byName;
  private final List<String> warnings;

  private StorageEngines(SortedMap<String, Installed> byName, List<String> warnings) {
    this.byName = byName;
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Looks for engines on the module path (or class path) and in a folder of plug-ins.
   *
   * @param plugins the folder, when it is not the distribution's
   * @param spelled that setting as the operator wrote it
   * @throws StartException when the folder that was asked for is missing
   */
  public static StorageEngines installed(Optional<Path> plugins, String spelled)
      throws StartException {
    if (plugins.isPresent() && !Files.isDirectory(plugins.get())) {
      throw new StartException(spelled + ": there is no such folder");
    }
    List<StorageEngineProvider> providers = new ArrayList<>();
    ServiceLoader.load(StorageEngineProvider.class).forEach(providers::add);
    List<Plugins.Found> found =
        plugins.or(Plugins::ofDistribution).map(Plugins::in).orElse(List.of());
    return of(providers, found);
  }

  /** These engines; what comes first keeps its name. */
  static StorageEngines of(List<StorageEngineProvider> builtIn, List<Plugins.Found> plugins) {
    SortedMap<String, Installed> byName = new TreeMap<>();
    for (StorageEngineProvider provider : builtIn) {
      byName.put(provider.name(), new Installed(provider, BUILT_IN));
    }
    List<String> warnings = new ArrayList<>();
    for (Plugins.Found found : plugins) {
      switch (found) {
        case Plugins.Broken(Path folder, String reason) -> warnings.add(ignored(folder, reason));
        case Plugins.Engine(Path folder, StorageEngineProvider provider) -> {
          String name = provider.name();
          Installed before = byName.putIfAbsent(name, new Installed(provider, "plug-in " + folder));
          if (before != null) {
            warnings.add(
                ignored(folder, "there is a storage engine " + name + ", " + before.where()));
          }
        }
      }
    }
    return new StorageEngines(byName, warnings);
  }

  private static String ignored(Path folder, String reason) {
    return "plug-in " + folder + " is ignored: " + reason;
  }

  /** What is wrong with plug-ins, one line each. */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * The engine with a name.
   *
   * @param spelled the setting as the operator wrote it
   * @throws StartException when there is none; the message lists those that are installed
   */
  public StorageEngineProvider named(String name, String spelled) throws StartException {
    Installed engine = byName.get(name);
    if (engine == null) {
      StringJoiner installed = new StringJoiner(", ").setEmptyValue("none");
      byName.forEach((key, value) -> installed.add(key + " (" + value.where() + ")"));
      throw new StartException(
          spelled + ": there is no such storage engine; installed: " + installed);
    }
    return engine.provider();
  }
}
