package io.metastore.app;

import io.metastore.api.storage.StorageEngineProvider;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.spi.ToolProvider;

/** Makes jars of plug-ins: modules with one provider of a storage engine. */
final class PluginJar {
  /** An engine of another name that keeps its data as the memory engine does. */
  private static final String PROVIDER =
      """
      package %1$s;

      import io.metastore.api.storage.StorageEngine;
      import io.metastore.api.storage.StorageEngineProvider;
      import io.metastore.api.storage.StorageOptions;
      import java.nio.file.Path;
      import java.util.ServiceLoader;

      public final class Provider implements StorageEngineProvider {
        public Provider() {
          %3$s
        }

        private static StorageEngineProvider memory() {
          return ServiceLoader.load(Provider.class.getModule().getLayer(), StorageEngineProvider.class)
              .stream()
              .filter(provider -> provider.type().getName().contains("memory"))
              .findFirst()
              .orElseThrow()
              .get();
        }

        @Override
        public String name() {
          return "%2$s";
        }

        @Override
        public String version() {
          return "1";
        }

        @Override
        public StorageEngine open(StorageOptions options) {
          return memory().open(options);
        }

        @Override
        public void restore(Path checkpoint, Path directory) {
          memory().restore(checkpoint, directory);
        }
      }
      """;

  private static final String MODULE =
      """
      module %1$s {
        requires io.metastore.api;
        %2$s
        uses io.metastore.api.storage.StorageEngineProvider;
        provides io.metastore.api.storage.StorageEngineProvider with %1$s.Provider;
      }
      """;

  private final Path work;

  /** Makes jars with the help of a folder for what is in between. */
  PluginJar(Path work) {
    this.work = work;
  }

  /** A plug-in that works. */
  void engine(Path jar, String module, String name) throws Exception {
    engine(jar, module, name, "", "");
  }

  /**
   * A plug-in.
   *
   * @param directive in the module's descriptor
   * @param constructor statements in the provider's constructor
   */
  void engine(Path jar, String module, String name, String directive, String constructor)
      throws Exception {
    Path descriptor = write(module, "module-info", MODULE.formatted(module, directive));
    Path provider = write(module, "Provider", PROVIDER.formatted(module, name, constructor));
    pack(jar, module, apiPath(), descriptor, provider);
  }

  /** A plug-in of an older SPI: its provider cannot say its version. */
  void older(Path jar, String module, String name) throws Exception {
    // Compiled against an interface of the same name that lacks the method.
    Path api = work.resolve("older-api");
    write(
        "older",
        "StorageEngineProvider",
        "package io.metastore.api.storage; public interface StorageEngineProvider { String name(); }");
    Path sources = work.resolve("sources/older");
    Files.writeString(
        sources.resolve("module-info.java"),
        "module io.metastore.api { exports io.metastore.api.storage; }");
    run(
        "javac",
        "-proc:none",
        "-d",
        api.toString(),
        sources.resolve("module-info.java").toString(),
        sources.resolve("StorageEngineProvider.java").toString());
    String provider =
        """
        package %1$s;

        public final class Provider implements io.metastore.api.storage.StorageEngineProvider {
          @Override
          public String name() {
            return "%2$s";
          }
        }
        """
            .formatted(module, name);
    pack(
        jar,
        module,
        api.toString(),
        write(module, "module-info", MODULE.formatted(module, "")),
        write(module, "Provider", provider));
  }

  /** Makes the classes of a jar, but for its descriptor, need a Java that there is not yet. */
  void needJavaOfTheFuture(Path jar, String module) throws Exception {
    Path provider = work.resolve("classes").resolve(module).resolve(module + "/Provider.class");
    byte[] bytes = Files.readAllBytes(provider);
    // The major version.
    bytes[6] = 0x7F;
    Files.write(provider, bytes);
    run(
        "jar",
        "--update",
        "--file=" + jar,
        "-C",
        work.resolve("classes").resolve(module).toString(),
        module + "/Provider.class");
  }

  /** A module without anything in it. */
  Path empty(Path jar, String module) throws Exception {
    Path descriptor = write(module, "module-info", "module " + module + " {}");
    pack(jar, module, work.toString(), descriptor);
    return jar;
  }

  /** A plug-in that requires a module which is there only while it is compiled. */
  void lacking(Path jar, String module, String name, String missing) throws Exception {
    Path library = empty(work.resolve(missing + ".jar"), missing);
    Path descriptor =
        write(module, "module-info", MODULE.formatted(module, "requires " + missing + ";"));
    Path provider = write(module, "Provider", PROVIDER.formatted(module, name, ""));
    pack(jar, module, apiPath() + File.pathSeparator + library, descriptor, provider);
  }

  private Path write(String module, String name, String text) throws IOException {
    Path folder = Files.createDirectories(work.resolve("sources").resolve(module));
    return Files.writeString(folder.resolve(name + ".java"), text);
  }

  private static String apiPath() throws URISyntaxException {
    return Path.of(
            StorageEngineProvider.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .toString();
  }

  private void pack(Path jar, String module, String modulePath, Path... sources)
      throws IOException {
    Path classes = work.resolve("classes").resolve(module);
    List<String> arguments =
        new ArrayList<>(
            List.of("-proc:none", "--release", "21", "--module-path", modulePath, "-d"));
    arguments.add(classes.toString());
    for (Path source : sources) {
      arguments.add(source.toString());
    }
    run("javac", arguments.toArray(String[]::new));
    Files.createDirectories(Objects.requireNonNull(jar.getParent()));
    run("jar", "--create", "--file=" + jar, "-C", classes.toString(), ".");
  }

  private static void run(String tool, String... arguments) {
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said);
    int code = ToolProvider.findFirst(tool).orElseThrow().run(out, out, arguments);
    if (code != 0) {
      throw new IllegalStateException(tool + ": " + said);
    }
  }
}
