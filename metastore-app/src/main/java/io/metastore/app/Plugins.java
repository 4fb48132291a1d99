package io.metastore.app;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.raft.InstalledEngines;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolutionException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Storage engines in a folder of plug-ins: one folder each, with the engine's modules and what they
 * need beyond the server's own.
 *
 * <p>Each plug-in is a {@link ModuleLayer} with a class loader of its own above the server's
 * modules. So two plug-ins may bring different versions of one library, and one that is broken is
 * known by its folder and leaves the others alone; on the module path it would end the start.
 */
final class Plugins {
  /** What a folder has. */
  sealed interface Found {
    /** The plug-in's folder. */
    Path folder();
  }

  /** An engine. */
  record Engine(Path folder, StorageEngineProvider provider) implements Found {}

  /**
   * A plug-in that cannot be used.
   *
   * @param reason one line
   */
  record Broken(Path folder, String reason) implements Found {}

  private Plugins() {}

  /** The folder beside the one that holds the server's own jar; none when it runs from classes. */
  static Optional<Path> ofDistribution() {
    CodeSource source = Plugins.class.getProtectionDomain().getCodeSource();
    if (source == null || !source.getLocation().getPath().endsWith(".jar")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(source.getLocation().toURI()).resolveSibling("../plugins"))
          .map(Path::normalize);
    } catch (URISyntaxException e) {
      throw new IllegalStateException("not a location: " + source.getLocation(), e);
    }
  }

  /** Loads every plug-in; none when the folder is missing. In the order of the folders' names. */
  static List<Found> in(Path plugins) {
    if (!Files.isDirectory(plugins)) {
      return List.of();
    }
    List<Path> folders;
    try (Stream<Path> entries = Files.list(plugins)) {
      folders =
          entries
              .filter(Files::isDirectory)
              .filter(folder -> !folder.getFileName().toString().startsWith("."))
              .sorted()
              .toList();
    } catch (IOException e) {
      return List.of(new Broken(plugins, "cannot be read: " + e));
    }
    List<Found> found = new ArrayList<>();
    for (Path folder : folders) {
      found.addAll(load(folder));
    }
    return found;
  }

  private static List<Found> load(Path folder) {
    try {
      ModuleLayer layer = layer(folder);
      List<Found> engines = new ArrayList<>();
      for (ServiceLoader.Provider<StorageEngineProvider> provider :
          ServiceLoader.load(layer, StorageEngineProvider.class).stream().toList()) {
        // The loader also finds what the layers below provide.
        if (provider.type().getModule().getLayer() == layer) {
          engines.add(new Engine(folder, InstalledEngines.checked(provider.get())));
        }
      }
      return engines.isEmpty()
          ? List.of(new Broken(folder, "no module in it provides a storage engine"))
          : engines;
    } catch (FindException
        | ResolutionException
        | LayerInstantiationException
        | ServiceConfigurationError
        | LinkageError e) {
      return List.of(new Broken(folder, InstalledEngines.reason(e)));
    } catch (RuntimeException e) {
      // A provider is a stranger's code, which may throw anything when it is asked for its name.
      return List.of(new Broken(folder, "its provider fails: " + InstalledEngines.reason(e)));
    }
  }

  private static ModuleLayer layer(Path folder) {
    ModuleLayer parent = parent();
    ModuleFinder finder = ModuleFinder.of(folder);
    Set<String> modules =
        finder.findAll().stream()
            .map(module -> module.descriptor().name())
            .collect(Collectors.toSet());
    // Its provider would be one of another interface, of the same name, and not be found.
    String api = StorageEngineProvider.class.getPackageName();
    if (modules.stream().anyMatch(module -> api.startsWith(module + "."))) {
      throw new FindException("brings io.metastore.api, which is the server's: take it out");
    }
    Configuration configuration =
        parent.configuration().resolveAndBind(finder, ModuleFinder.of(), modules);
    return parent.defineModulesWithOneLoader(configuration, Plugins.class.getClassLoader());
  }

  /** The server's layer; its modules are in none when it runs on the class path. */
  private static ModuleLayer parent() {
    ModuleLayer own = Plugins.class.getModule().getLayer();
    return own == null ? ModuleLayer.boot() : own;
  }
}
