package example.mvstore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/** Names files that MVStore is to read and write through {@link CheckedFile}. */
public final class CheckedPath extends FilePathWrapper {
  private static final String SCHEME = "checked";

  static {
    FilePath.register(new CheckedPath());
  }

  /** MVStore calls this. */
  public CheckedPath() {}

  /** What MVStore is to call a file. */
  static String nameOf(Path file) {
    return SCHEME + ":" + file.toAbsolutePath();
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    return new CheckedFile(Path.of(getBase().toString()), mode);
  }
}
