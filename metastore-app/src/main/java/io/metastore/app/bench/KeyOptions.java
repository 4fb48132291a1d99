package io.metastore.app.bench;

import static io.metastore.app.bench.OptionValues.invalid;
import static io.metastore.app.bench.OptionValues.requireBetween;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Options that say which keys and values are used. */
final class KeyOptions {
  private static final int KEY_BYTES_MAX = 4096;
  private static final int VALUE_BYTES_MAX = 64 << 20;
  private static final long KEYS_MAX = 1_000_000_000_000_000L;

  @Option(
      names = "--key-size",
      paramLabel = "<bytes>",
      defaultValue = "16",
      converter = OptionValues.Count.class,
      description = "Length of a key, its prefix included (${DEFAULT-VALUE}).")
  private long keySize;

  @Option(
      names = "--key-space",
      paramLabel = "<n>",
      defaultValue = "100000",
      converter = OptionValues.Count.class,
      description = "How many different keys there are (${DEFAULT-VALUE}).")
  private long keySpace;

  @Option(
      names = "--key-prefix",
      paramLabel = "<text>",
      defaultValue = "bench/",
      description = "What every key starts with (${DEFAULT-VALUE}).")
  private String keyPrefix = "";

  @Option(
      names = "--sequential-keys",
      description = "Take keys in order, again from the first after the last (at random).")
  private boolean sequential;

  @Option(
      names = "--val-size",
      paramLabel = "<bytes>",
      defaultValue = "256",
      converter = OptionValues.Count.class,
      description = "Length of a value; its bytes follow from the key (${DEFAULT-VALUE}).")
  private long valueSize;

  @Option(
      names = "--seed",
      paramLabel = "<n>",
      defaultValue = "1",
      converter = OptionValues.Count.class,
      description = "Picks the random order of keys (${DEFAULT-VALUE}).")
  private long seed;

  /** Checks what the single options cannot. */
  void check(CommandLine command) {
    requireBetween(command, "--key-size", keySize, 1, KEY_BYTES_MAX);
    requireBetween(command, "--key-space", keySpace, 1, KEYS_MAX);
    requireBetween(command, "--val-size", valueSize, 0, VALUE_BYTES_MAX);
    if (keyPrefix.indexOf('\n') >= 0 || keyPrefix.indexOf('\r') >= 0) {
      throw invalid(command, "--key-prefix", keyPrefix.strip(), "must not hold a line break");
    }
    int needed = Keys.prefixBytes(keyPrefix) + Keys.digits(keySpace);
    if (keySize < needed) {
      throw invalid(
          command,
          "--key-size",
          Long.toString(keySize),
          "must be at least "
              + needed
              + " to number "
              + keySpace
              + " keys behind '"
              + keyPrefix
              + "'");
    }
  }

  /** The keys in the order asked for. */
  Keys keys() {
    return new Keys(keyPrefix, (int) keySize, keySpace, sequential, seed);
  }

  /** The same keys from first to last. */
  Keys inOrder() {
    return new Keys(keyPrefix, (int) keySize, keySpace, true, seed);
  }

  int valueSize() {
    return (int) valueSize;
  }

  void describe(Map<String, Object> settings) {
    settings.put("keySize", keySize);
    settings.put("valueSize", valueSize);
    settings.put("keySpace", keySpace);
    settings.put("keyOrder", sequential ? "sequential" : "random");
    settings.put("seed", seed);
  }
}
