package io.metastore.app;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.raft.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/** The storage engines that are installed, by name. Immutable. */
public final class StorageEngines {
  /**
   * An engine.
   *
   * @param where it is from, to be read by people
   */
  public record Installed(StorageEngineProvider provider, String where) {}

  private static final String OWN_PACKAGES = "io.metastore.";

  /** Among so many that fail one after the other none is likely to work. */
  private static final int FAILURES_MAX = 100;

  private final SortedMap<String, Installed> byName;
  private final List<String> warnings;

  private StorageEngines(SortedMap<String, Installed> byName, List<String> warnings) {
    this.byName = byName;
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Looks for engines on the module path (or class path) and in a folder of plug-ins. What comes
   * first keeps its name.
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
    SortedMap<String, Installed> byName = new TreeMap<>();
    List<String> warnings = new ArrayList<>();
    addOfModulePath(byName, warnings);
    for (Plugins.Found found :
        plugins.or(Plugins::ofDistribution).map(Plugins::in).orElse(List.of())) {
      switch (found) {
        case Plugins.Broken(Path folder, String reason) ->
            warnings.add(ignored("plug-in " + folder, reason));
        case Plugins.Engine(Path folder, StorageEngineProvider provider) ->
            add(byName, warnings, new Installed(provider, "plug-in " + folder));
      }
    }
    return new StorageEngines(byName, warnings);
  }

  private static void addOfModulePath(SortedMap<String, Installed> byName, List<String> warnings) {
    Iterator<StorageEngineProvider> providers =
        ServiceLoader.load(StorageEngineProvider.class).iterator();
    for (int failures = 0; failures < FAILURES_MAX; ) {
      try {
        if (!providers.hasNext()) {
          return;
        }
        StorageEngineProvider provider = providers.next();
        Class<?> type = provider.getClass();
        boolean own = type.getName().startsWith(OWN_PACKAGES);
        add(
            byName,
            warnings,
            new Installed(Plugins.checked(provider), own ? "built in" : location(type)));
      } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
        // The loader goes on with the next one.
        failures++;
        warnings.add(ignored("a storage engine on the module path", Plugins.reason(e)));
      }
    }
  }

  private static String location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return "module path " + (source == null ? type.getName() : source.getLocation().getPath());
  }

  private static void add(
      SortedMap<String, Installed> byName, List<String> warnings, Installed engine) {
    String name = engine.provider().name();
    Installed before = byName.putIfAbsent(name, engine);
    if (before != null) {
      warnings.add(
          ignored(engine.where(), "there is a storage engine " + name + ", " + before.where()));
    }
  }

  private static String ignored(String what, String reason) {
    return what + " is ignored: " + reason;
  }

  /** What is wrong with plug-ins, one line each. */
  public List<String> warnings() {
    return warnings;
  }

  /** All of them, in the order of their names. */
  public List<Installed> all() {
    return List.copyOf(byName.values());
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
