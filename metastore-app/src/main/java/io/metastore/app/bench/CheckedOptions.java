package io.metastore.app.bench;

/** Options with bounds, or with bearing on each other, which their converters cannot check. */
interface CheckedOptions {
  /**
   * Refuses what is not allowed; called once all options are set.
   *
   * @throws picocli.CommandLine.ParameterException with one line for the user
   */
  void check(OptionChecks checks);
}
