package io.metastore.app.bench;

import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that say which keys and values are used. */
final class KeyOptions implements CheckedOptions {
  private static final int KEY_BYTES_MAX = 4096;
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

  @Mixin private ValueSizeOption valueSize = new ValueSizeOption();

  @Option(
      names = "--seed",
      paramLabel = "<n>",
      defaultValue = "1",
      converter = OptionValues.Count.class,
      description = "Picks the random order of keys (${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public void check(OptionChecks checks) {
    checks.between("--key-size", keySize, 1, KEY_BYTES_MAX);
    checks.between("--key-space", keySpace, 1, KEYS_MAX);
    valueSize.check(checks);
    checks.allow(
        keyPrefix.indexOf('\n') < 0 && keyPrefix.indexOf('\r') < 0,
        "--key-prefix",
        keyPrefix.strip(),
        "must not hold a line break");
    int needed = Keys.prefixBytes(keyPrefix) + Keys.digits(keySpace);
    checks.allow(
        keySize >= needed,
        "--key-size",
        keySize,
        "must be at least "
            + needed
            + " to number "
            + keySpace
            + " keys behind '"
            + keyPrefix
            + "'");
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
    return valueSize.bytes();
  }

  void describe(Map<String, Object> settings) {
    settings.put("keySize", keySize);
    settings.put("valueSize", valueSize.bytes());
    settings.put("keySpace", keySpace);
    settings.put("keyOrder", sequential ? "sequential" : "random");
    settings.put("seed", seed);
  }
}
