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
            Map.of(
                "memory-bytes", "33554432",
                "compression", "zstd",
                "background-jobs", "3",
                "write-buffer-bytes", "16777216",
                "row-cache-bytes", "1048576",
                "block-bytes", "4096",
                "bloom-bits", "0",
                "max-open-files", "100"));
    assertEquals(
        new RocksDbSettings(
            33_554_432, CompressionType.ZSTD_COMPRESSION, 3, 16_777_216, 1_048_576, 4_096, 0, 100),
        settings);
  }

  @Test
  void absentSettingsHaveDefaults() {
    RocksDbSettings settings = RocksDbSettings.of(Map.of());
    assertEquals(256L << 20, settings.memoryBytes());
    assertEquals(CompressionType.LZ4_COMPRESSION, settings.compression());
    assertTrue(settings.backgroundJobs() >= 2);
    assertEquals(64L << 20, settings.writeBufferBytes());
    assertEquals(64L << 20, settings.rowCacheBytes());
  }

  @Test
  void writeBuffersAreAPartOfTheMemory() {
    Map<String, String> small = Map.of("memory-bytes", "16777216");
    assertEquals(4L << 20, RocksDbSettings.of(small).writeBufferBytes());
    // Half of 256 MB is the most.
    assertRefused("write-buffer-bytes", "134217729", "4194304 to 134217728");
  }

  @Test
  void rowsAreAPartOfWhatCommitsLeave() {
    // Half of 192 MB is the most.
    assertRefused("row-cache-bytes", "100663297", "0 to 100663296");
    Map<String, String> muchForCommits = Map.of("write-buffer-bytes", "134217728");
    assertEquals(64L << 20, RocksDbSettings.of(muchForCommits).rowCacheBytes());
    assertEquals(0, RocksDbSettings.of(Map.of("row-cache-bytes", "0")).rowCacheBytes());
  }

  @Test
  void wrongSettingsAreRefusedWithWhatIsAllowed() {
    assertRefused("memory-bytes", "1000", "16777216");
    assertRefused("memory-bytes", "256MB", "16777216");
    assertRefused("background-jobs", "1", "2 to 64");
    assertRefused("background-jobs", "65", "2 to 64");
    assertRefused("block-bytes", "0", "1024 to 1048576");
    assertRefused("bloom-bits", "31", "0 to 30");
    assertRefused("max-open-files", "-1", "64 to 1048576");
    assertRefused("compression", "gzip", "lz4, none, zstd");
    assertRefused("compression", "LZ4", "lz4, none, zstd");
  }

  @Test
  void unknownSettingIsRefusedWithTheKnownOnes() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> RocksDbSettings.of(Map.of("cache", "1")));
    assertEquals(
        "unknown setting [cache] of storage engine rocksdb: it has background-jobs, block-bytes,"
            + " bloom-bits, compression, max-open-files, memory-bytes, row-cache-bytes,"
            + " write-buffer-bytes",
        refused.getMessage());
  }
}
