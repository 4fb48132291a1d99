package io.metastore.app.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that starts when its options have been checked: those of its mixins, then its own. */
abstract class CheckedCommand extends CommandWithHelp implements Callable<Integer>, CheckedOptions {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public final Integer call() throws InterruptedException {
    OptionChecks checks = new OptionChecks(command());
    for (CommandSpec mixin : spec.mixins().values()) {
      if (mixin.userObject() instanceof CheckedOptions options) {
        options.check(checks);
      }
    }
    check(checks);
    return run();
  }

  /** What the mixins' own checks do not say; nothing unless overridden. */
  @Override
  public void check(OptionChecks checks) {}

  /** Does what the command is for and returns its exit code. */
  abstract int run() throws InterruptedException;

  /** The command as picocli sees it, with the streams to print to. */
  final CommandLine command() {
    return spec.commandLine();
  }
}
