package io.metastore.api;

import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds what opens stores: for the calling thread's class loader, or else for this library's. */
final class Providers {
  private Providers() {}

  /**
   * The provider of a service.
   *
   * @param module brings it, for the message
   * @throws RefusedException when it is not installed, or broken
   */
  static <T> T find(Class<T> service, String module) {
    try {
      return load(service, module);
    } catch (ServiceConfigurationError e) {
      throw new RefusedException(
          ErrorCode.OTHER, module + " is on the module path or class path and broken: " + e);
    }
  }

  private static <T> T load(Class<T> service, String module) {
    Optional<T> found = ServiceLoader.load(service).findFirst();
    return found
        .or(() -> ServiceLoader.load(service, Providers.class.getClassLoader()).findFirst())
        .orElseThrow(
            () ->
                new RefusedException(
                    ErrorCode.OTHER,
                    "add " + module + " to the module path or class path: it is not there"));
  }
}
