package io.metastore.raft;

import io.metastore.api.storage.StorageEngineProvider;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * The storage engines that are installed, by name, and what was found and cannot be used. What
 * comes first keeps its name. Immutable.
 */
public final class InstalledEngines {
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

  private InstalledEngines(SortedMap<String, Installed> byName, List<String> warnings) {
    this.byName = new TreeMap<>(byName);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Looks for engines on the module path and class path: for the calling thread's class loader, and
   * for this library's, where that one does not reach. One that is broken leaves the others alone.
   */
  public static InstalledEngines find() {
    Collector found = new Collector();
    found.addAll(ServiceLoader.load(StorageEngineProvider.class));
    ClassLoader own = InstalledEngines.class.getClassLoader();
    if (!own.equals(Thread.currentThread().getContextClassLoader())) {
      found.addAll(ServiceLoader.load(StorageEngineProvider.class, own));
    }
    return new InstalledEngines(found.byName, found.warnings);
  }

  /** The same with one more. */
  public InstalledEngines with(StorageEngineProvider provider, String where) {
    Collector all = new Collector();
    all.byName.putAll(byName);
    all.warnings.addAll(warnings);
    all.add(new Installed(provider, where));
    return new InstalledEngines(all.byName, all.warnings);
  }

  /** The same with something that cannot be used. */
  public InstalledEngines ignoring(String what, String reason) {
    List<String> more = new ArrayList<>(warnings);
    more.add(ignored(what, reason));
    return new InstalledEngines(byName, more);
  }

  /** What gathers them; used by one thread. */
  private static final class Collector {
    private final SortedMap<String, Installed> byName = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<Class<?>> seen = new HashSet<>();

    private void addAll(ServiceLoader<StorageEngineProvider> loader) {
      Iterator<StorageEngineProvider> providers = loader.iterator();
      for (int failures = 0; failures < FAILURES_MAX; ) {
        try {
          if (!providers.hasNext()) {
            return;
          }
          StorageEngineProvider provider = providers.next();
          Class<?> type = provider.getClass();
          if (seen.add(type)) {
            boolean own = type.getName().startsWith(OWN_PACKAGES);
            add(new Installed(checked(provider), own ? "built in" : location(type)));
          }
        } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
          // The loader goes on with the next one.
          failures++;
          warn(ignored("a storage engine on the module path", reason(e)));
        }
      }
    }

    private void add(Installed engine) {
      String name = engine.provider().name();
      Installed before = byName.putIfAbsent(name, engine);
      if (before != null) {
        warn(ignored(engine.where(), "there is a storage engine " + name + ", " + before.where()));
      }
    }

    /** Both class loaders may meet the same. */
    private void warn(String warning) {
      if (!warnings.contains(warning)) {
        warnings.add(warning);
      }
    }
  }

  private static String location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return "module path " + (source == null ? type.getName() : source.getLocation().getPath());
  }

  private static String ignored(String what, String reason) {
    return what + " is ignored: " + reason;
  }

  /**
   * An engine that tells its name and version, as one of another SPI may not be able to.
   *
   * @throws IllegalArgumentException when one of them cannot be
   */
  public static StorageEngineProvider checked(StorageEngineProvider provider) {
    String name = provider.name();
    if (!name.matches("[a-z][a-z0-9-]*")) {
      throw new IllegalArgumentException(
          "an engine's name is lower-case letters, digits and hyphens, not \"" + name + "\"");
    }
    if (provider.version().isBlank()) {
      throw new IllegalArgumentException("engine " + name + " has no version");
    }
    return provider;
  }

  /** What was wrong where, and at the bottom of it; one line. */
  public static String reason(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = thrown.getMessage();
    String text = message == null || thrown instanceof LinkageError ? thrown.toString() : message;
    return firstLine(thrown.getCause() == null ? text : firstLine(text) + ": " + cause);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  /** What is wrong with engines, one line each. */
  public List<String> warnings() {
    return warnings;
  }

  /** All of them, in the order of their names. */
  public List<Installed> all() {
    return List.copyOf(byName.values());
  }

  /** The engine with a name. */
  public Optional<StorageEngineProvider> named(String name) {
    return Optional.ofNullable(byName.get(name)).map(Installed::provider);
  }

  /** The names with where each is from, for messages. */
  public String names() {
    StringJoiner installed = new StringJoiner(", ").setEmptyValue("none");
    byName.forEach((name, engine) -> installed.add(name + " (" + engine.where() + ")"));
    return installed.toString();
  }
}
