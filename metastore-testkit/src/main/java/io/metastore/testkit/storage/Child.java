package io.metastore.testkit.storage;

import io.metastore.api.storage.StorageEngine;
import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageOptions;
import io.metastore.api.storage.StorageView;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A second process that uses the engine. It says what it does, a line each: {@code opened N},
 * {@code committed N} and {@code flushed N} with the number of a batch, {@code done N} with that of
 * a checkpoint or restore, {@code refused} and a message; one that goes on until its files may not
 * grow, {@code failed} and a message, then {@code misdeed} and what it should not have met.
 */
final class Child {
  static final String OPENED = "opened ";
  static final String COMMITTED = "committed ";
  static final String FLUSHED = "flushed ";
  static final String DONE = "done ";
  static final String REFUSED = "refused ";
  static final String FAILED = "failed ";
  static final String MISDEED = "misdeed ";

  /** What a child does once the directory is open. */
  enum Task {
    /** Ends. */
    NOTHING,
    /** Commits, and flushes beside it, until it is killed. */
    COMMIT,
    /** Writes one checkpoint after the other until it is killed. */
    CHECKPOINT,
    /** Writes a checkpoint, and restores it again and again until it is killed. */
    RESTORE,
    /** Waits for a line, then commits and flushes what grows until a write fails. */
    GROW
  }

  /** What is in a store from which checkpoints are written. */
  static final int BATCHES = 400;

  private Child() {}

  /** Where a child writes a checkpoint of a directory. */
  static Path checkpoint(Path directory, int n) {
    return directory.resolveSibling("checkpoint-" + n);
  }

  /** Where a child restores to. */
  static Path restored(Path directory, int n) {
    return directory.resolveSibling("restored-" + n);
  }

  /** Starts a child that opens the directory and does its task. */
  static Process start(StorageEngineProvider provider, Path directory, Task task, Path temp)
      throws IOException {
    Path childTemp = Files.createDirectories(temp.resolve("child"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Engines with native code unpack it there, and a killed process leaves it behind.
    command.add("-Djava.io.tmpdir=" + childTemp);
    command.add("-XX:+IgnoreUnrecognizedVMOptions");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-cp");
    command.add(classPath(provider));
    command.add(Child.class.getName());
    command.add(provider.getClass().getName());
    command.add(directory.toString());
    command.add(task.name());
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  // All on the class path, whether the test itself runs on it or on the module path.
  private static String classPath(StorageEngineProvider provider) {
    Set<String> path = new LinkedHashSet<>();
    for (Class<?> type : List.of(provider.getClass(), Child.class, StorageEngine.class)) {
      CodeSource source = type.getProtectionDomain().getCodeSource();
      if (source != null && source.getLocation() != null) {
        try {
          path.add(Path.of(source.getLocation().toURI()).toString());
        } catch (URISyntaxException e) {
          throw new IllegalStateException("no file: " + source.getLocation(), e);
        }
      }
    }
    for (String property :
        List.of("jdk.module.path", "surefire.test.class.path", "java.class.path")) {
      for (String entry : System.getProperty(property, "").split(File.pathSeparator, -1)) {
        if (!entry.isEmpty()) {
          path.add(entry);
        }
      }
    }
    return String.join(File.pathSeparator, path);
  }

  /** Reads what a child says, in whole lines only: a killed one may leave half a line. */
  static final class Lines {
    private final Reader in;

    Lines(Process child) {
      in = new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8);
    }

    /** Whether the child has said more than was read. */
    boolean isThere() throws IOException {
      return in.ready();
    }

    /** The next line, or the empty text when there are no more. */
    String next() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c >= 0; c = in.read()) {
        if (c == '\n') {
          return line.toString();
        }
        line.append((char) c);
      }
      return "";
    }
  }

  /** The child's side: provider class, directory, task. */
  public static void main(String[] args) throws Exception {
    StorageEngineProvider provider = newProvider(args[0]);
    try (StorageEngine engine = provider.open(StorageOptions.of(Path.of(args[1])))) {
      long first;
      try (StorageView view = engine.view()) {
        first = NumberedBatches.count(view) + 1;
      }
      say(OPENED + (first - 1));
      switch (Task.valueOf(args[2])) {
        case NOTHING -> {}
        case COMMIT -> write(engine, first);
        case CHECKPOINT -> checkpoint(engine, Path.of(args[1]));
        case RESTORE -> restore(provider, engine, Path.of(args[1]));
        case GROW -> GrowingFiles.grow(engine, Path.of(args[1]));
      }
    } catch (StorageException e) {
      say(REFUSED + e.getMessage());
    }
  }

  private static StorageEngineProvider newProvider(String className) throws Exception {
    var constructor = Class.forName(className).getDeclaredConstructor();
    constructor.setAccessible(true);
    return (StorageEngineProvider) constructor.newInstance();
  }

  private static void write(StorageEngine engine, long first) {
    AtomicLong committed = new AtomicLong(first - 1);
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (true) {
                long before = committed.get();
                engine.flush();
                say(FLUSHED + before);
              }
            });
    for (long n = first; ; n++) {
      engine.commit(NumberedBatches.batch(n));
      committed.set(n);
      say(COMMITTED + n);
    }
  }

  private static void checkpoint(StorageEngine engine, Path directory) {
    for (int n = 1; ; n++) {
      engine.checkpoint(checkpoint(directory, n));
      say(DONE + n);
    }
  }

  private static void restore(
      StorageEngineProvider provider, StorageEngine engine, Path directory) {
    engine.checkpoint(checkpoint(directory, 0));
    for (int n = 1; ; n++) {
      provider.restore(checkpoint(directory, 0), restored(directory, n));
      say(DONE + n);
    }
  }

  // One write for a whole line, so that lines of two threads do not mix.
  static void say(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    System.out.write(bytes, 0, bytes.length);
    System.out.flush();
  }
}
