package io.metastore.junit;

import io.metastore.api.ErrorCode;
import io.metastore.api.Metastore;
import io.metastore.api.MetastoreException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;

/** Holds up the calls of a store while it is shut. Thread-safe. */
final class CallGate {
  private static final CountDownLatch OPEN = new CountDownLatch(0);

  private volatile CountDownLatch pass = OPEN;

  /** Lets calls wait from now on; those under way go on. */
  synchronized void shut() {
    if (pass.getCount() == 0) {
      pass = new CountDownLatch(1);
    }
  }

  /** Lets all pass that wait, and those to come. */
  synchronized void open() {
    pass.countDown();
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
      pass.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw MetastoreException.of(ErrorCode.CANCELED);
    }
  }
}
