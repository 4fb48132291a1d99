package io.metastore.api.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StorageRecordsTest {
  @Test
  void sizesInUseAreAPartOfTheTotal() {
    assertEquals(3, new StorageSizes(3, 3).inUseBytes());
    assertThrows(IllegalArgumentException.class, () -> new StorageSizes(3, 4));
    assertThrows(IllegalArgumentException.class, () -> new StorageSizes(3, -1));
    assertThrows(IllegalArgumentException.class, () -> new StorageSizes(-1, -1));
  }

  @Test
  void optionsKeepTheirOwnSettings() {
    Map<String, String> settings = new HashMap<>(Map.of("a", "1"));
    StorageOptions options = new StorageOptions(Path.of("d"), settings);
    settings.put("b", "2");
    assertEquals(Map.of("a", "1"), options.settings());
    assertEquals(Map.of(), StorageOptions.of(Path.of("d")).settings());
    assertThrows(UnsupportedOperationException.class, () -> options.settings().put("c", "3"));
  }
}
