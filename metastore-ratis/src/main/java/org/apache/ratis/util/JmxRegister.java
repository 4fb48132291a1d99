package org.apache.ratis.util;

import java.util.function.Supplier;

/**
 * Registers nothing. Thread-safe.
 *
 * <p>Stands in for Ratis 3.3.0's class of this name, which puts each server into the platform's
 * MBean server: that of the program a node is embedded in, which did not ask for it. It also starts
 * that MBean server, a tenth of the time in which the first node of a JVM opens.
 */
public class JmxRegister {
  /** Called for each server. */
  public JmxRegister() {}

  /** Registers nothing, and says so as Ratis' own does: by null. */
  public String register(Object bean, Iterable<Supplier<String>> names) {
    return null;
  }

  /** There is nothing to undo. */
  public boolean unregister() {
    return false;
  }
}
