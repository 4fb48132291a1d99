package io.metastore.app;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.raft.InstalledEngines;
import io.metastore.raft.InstalledEngines.Installed;
import io.metastore.raft.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The storage engines that a server has, plug-ins among them, by name. Immutable. */
public final class StorageEngines {
  private final InstalledEngines installed;

  private StorageEngines(InstalledEngines installed) {
    this.installed = installed;
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
    InstalledEngines installed = InstalledEngines.find();
    for (Plugins.Found found :
        plugins.or(Plugins::ofDistribution).map(Plugins::in).orElse(List.of())) {
      installed =
          switch (found) {
            case Plugins.Broken(Path folder, String reason) ->
                installed.ignoring("plug-in " + folder, reason);
            case Plugins.Engine(Path folder, StorageEngineProvider provider) ->
                installed.with(provider, "plug-in " + folder);
          };
    }
    return new StorageEngines(installed);
  }

  /** What is wrong with plug-ins, one line each. */
  public List<String> warnings() {
    return installed.warnings();
  }

  /** All of them, in the order of their names. */
  public List<Installed> all() {
    return installed.all();
  }

  /**
   * The engine with a name.
   *
   * @param spelled the setting as the operator wrote it
   * @throws StartException when there is none; the message lists those that are installed
   */
  public StorageEngineProvider named(String name, String spelled) throws StartException {
    return installed
        .named(name)
        .orElseThrow(
            () ->
                new StartException(
                    spelled
                        + ": there is no such storage engine; installed: "
                        + installed.names()));
  }
}
