package io.metastore.app.bench;

import picocli.CommandLine.Option;

/** How long values are. */
final class ValueSizeOption implements CheckedOptions {
  private static final int VALUE_BYTES_MAX = 64 << 20;

  @Option(
      names = "--val-size",
      paramLabel = "<bytes>",
      defaultValue = "256",
      converter = OptionValues.Count.class,
      description = "Length of a value; its bytes follow from the key (${DEFAULT-VALUE}).")
  private long valueSize;

  @Override
  public void check(OptionChecks checks) {
    checks.between("--val-size", valueSize, 0, VALUE_BYTES_MAX);
  }

  int bytes() {
    return (int) valueSize;
  }
}
