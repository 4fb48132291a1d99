package io.metastore.app.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A small file system of its own at a directory, in a mount namespace that a process of its own
 * holds: it is gone when the test is, however that ends. Needs root on Linux. Belongs to the test's
 * thread.
 */
final class SmallDisk implements AutoCloseable {
  private static final byte[] BLOCK = new byte[64 * 1024];

  private final Process holder;
  private final Path directory;

  private SmallDisk(Process holder, Path directory) {
    this.holder = holder;
    this.directory = directory;
  }

  /** Mounts one, or says on standard output why it cannot. */
  static Optional<SmallDisk> mount(Path directory, int megabytes) throws IOException {
    Files.createDirectories(directory);
    ProcessBuilder command =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "--propagation=private",
                "sh",
                "-c",
                "mount -t tmpfs -o size="
                    + megabytes
                    + "m tmpfs \"$1\" && echo mounted && exec cat",
                "sh",
                directory.toString())
            .redirectErrorStream(true);
    Process holder;
    try {
      holder = command.start();
    } catch (IOException e) {
      System.out.println("no disk of its own: " + e.getMessage());
      return Optional.empty();
    }
    String answer = holder.inputReader().readLine();
    if ("mounted".equals(answer)) {
      return Optional.of(new SmallDisk(holder, directory));
    }
    holder.destroyForcibly();
    System.out.println("no disk of its own: " + answer);
    return Optional.empty();
  }

  /** What a command must begin with to see the disk. */
  List<String> wrapper() {
    return List.of("nsenter", "--mount=/proc/" + holder.pid() + "/ns/mnt", "--");
  }

  /** The directory as this process sees it. */
  Path directory() {
    return Path.of("/proc/" + holder.pid() + "/root" + directory);
  }

  /** Leaves no room. */
  void fill() throws IOException {
    try (OutputStream filler = Files.newOutputStream(directory().resolve("filler"))) {
      while (true) {
        filler.write(BLOCK);
      }
    } catch (IOException e) {
      if (Files.getFileStore(directory()).getUsableSpace() > 0) {
        throw e;
      }
    }
  }

  /** Makes room again. */
  void free() throws IOException {
    Files.delete(directory().resolve("filler"));
  }

  @Override
  public void close() {
    holder.destroyForcibly();
  }
}
