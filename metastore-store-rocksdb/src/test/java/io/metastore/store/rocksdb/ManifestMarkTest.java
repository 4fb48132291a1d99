package io.metastore.store.rocksdb;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestMarkTest {
  @TempDir Path directory;

  @BeforeEach
  void mark() throws IOException {
    Files.writeString(directory.resolve("CURRENT"), "MANIFEST-000005\n");
    Files.writeString(directory.resolve("MANIFEST-000005"), "one edit, another edit");
    ManifestMark.write(directory);
  }

  @Test
  void everyChangedBitOfTheManifestIsFound() throws IOException {
    everyChangedBitIsFound("MANIFEST-000005");
  }

  @Test
  void everyChangedBitOfTheMarkIsFound() throws IOException {
    everyChangedBitIsFound("FLUSHED");
  }

  private void everyChangedBitIsFound(String name) throws IOException {
    Path file = directory.resolve(name);
    byte[] content = Files.readAllBytes(file);
    for (int bit = 0; bit < content.length * 8; bit++) {
      byte[] changed = content.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, changed);
      String message =
          String.valueOf(
              assertThrows(StorageException.class, () -> ManifestMark.check(directory))
                  .getMessage());
      assertTrue(message.startsWith(file + " is damaged"), message);
    }
  }

  @Test
  void manifestMayGrowAfterItsMark() throws IOException {
    Path manifest = directory.resolve("MANIFEST-000005");
    Files.writeString(manifest, Files.readString(manifest) + ", and half an ed");
    ManifestMark.check(directory);
  }

  @Test
  void manifestBegunAfterTheMarkPasses() throws IOException {
    Files.writeString(directory.resolve("CURRENT"), "MANIFEST-000009\n");
    Files.writeString(directory.resolve("MANIFEST-000009"), "all edits");
    ManifestMark.check(directory);
  }

  @Test
  void storeWithoutAMarkPasses() throws IOException {
    Files.delete(directory.resolve("FLUSHED"));
    ManifestMark.check(directory);
  }
}
