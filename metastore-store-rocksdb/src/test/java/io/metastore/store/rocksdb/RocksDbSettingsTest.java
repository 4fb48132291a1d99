package io.metastore.store.rocksdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.rocksdb.CompressionType;

final class RocksDbSettingsTest {
  private static void assertRefused(String name, String value, String allowed) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> RocksDbSettings.of(Map.of(name, value)), value);
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(name), message);
    assertTrue(message.contains(value), message);
    assertTrue(message.contains(allowed), message);
  }

  @Test
  void settingsAreRead() {
    RocksDbSettings settings =
        RocksDbSettings.of(
            Map.of("memory-bytes", "33554432", "compression", "zstd", "background-jobs", "3"));
    assertEquals(new RocksDbSettings(33_554_432, CompressionType.ZSTD_COMPRESSION, 3), settings);
  }

  @Test
  void absentSettingsHaveDefaults() {
    RocksDbSettings settings = RocksDbSettings.of(Map.of());
    assertEquals(256L << 20, settings.memoryBytes());
    assertEquals(CompressionType.LZ4_COMPRESSION, settings.compression());
    assertTrue(settings.backgroundJobs() >= 2);
  }

  @Test
  void wrongSettingsAreRefusedWithWhatIsAllowed() {
    assertRefused("memory-bytes", "1000", "16777216");
    assertRefused("memory-bytes", "256MB", "16777216");
    assertRefused("background-jobs", "1", "2 to 64");
    assertRefused("background-jobs", "65", "2 to 64");
    assertRefused("compression", "gzip", "lz4, none, zstd");
    assertRefused("compression", "LZ4", "lz4, none, zstd");
  }

  @Test
  void unknownSettingIsRefusedWithTheKnownOnes() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> RocksDbSettings.of(Map.of("cache", "1")));
    assertEquals(
        "unknown setting [cache] of storage engine rocksdb: it has background-jobs, compression,"
            + " memory-bytes",
        refused.getMessage());
  }
}
