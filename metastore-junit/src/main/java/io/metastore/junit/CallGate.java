package io.metastore.junit;

import io.metastore.api.ErrorCode;
import io.metastore.api.Metastore;
import io.metastore.api.MetastoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** Holds up the calls of a store while it is shut. Thread-safe. */
final class CallGate {
  // Open when its count is 0.
  private final AtomicReference<CountDownLatch> gate = new AtomicReference<>(new CountDownLatch(0));

  /** Lets calls wait from now on; those under way go on. */
  void shut() {
    gate.updateAndGet(latch -> latch.getCount() == 0 ? new CountDownLatch(1) : latch);
  }

  /** Lets all pass that wait, and those to come. */
  void open() {
    gate.get().countDown();
  }

  /** A store behind this gate; only its close passes at any time. */
  Metastore guard(Metastore store) {
    return (Metastore)
        Proxy.newProxyInstance(
            CallGate.class.getClassLoader(),
            new Class<?>[] {Metastore.class},
            (proxy, method, arguments) -> call(store, method, arguments));
  }

  private Object call(Metastore store, Method method, Object[] arguments) throws Throwable {
    if (!method.getName().equals("close")) {
      await();
    }
    try {
      return method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private void await() {
    try {
      gate.get().await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MetastoreException.of(ErrorCode.CANCELED);
    }
  }
}
