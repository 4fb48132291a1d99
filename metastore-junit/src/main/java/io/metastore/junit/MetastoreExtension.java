package io.metastore.junit;

import io.metastore.api.Metastore;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * What {@link MetastoreTest} does: a store from before the first test of a class until after the
 * last. It closes beside the next class, and JUnit does not end before it has.
 */
final class MetastoreExtension implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(MetastoreExtension.class);

  /** Stores that are closing; closed itself when all tests are over. */
  private static final class Closing implements AutoCloseable {
    private final Queue<FutureTask<Boolean>> stores = new ConcurrentLinkedQueue<>();

    void close(TestStore store) {
      FutureTask<Boolean> task = new FutureTask<>(store::close, true);
      stores.add(task);
      Thread unused = Thread.ofVirtual().name("metastore-junit/close").start(task);
    }

    /** Waits for all. A store that did not close is reported, as JUnit reports what this throws. */
    @Override
    public void close() {
      Endings.inTurn(
          stores.stream().<Runnable>map(store -> () -> await(store)).toArray(Runnable[]::new));
    }

    private static void await(FutureTask<Boolean> store) {
      try {
        boolean unused = store.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a store did not close: " + e.getCause(), e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Called by JUnit. */
  MetastoreExtension() {}

  @Override
  public void beforeAll(ExtensionContext context) {
    MetastoreTest wanted = context.getRequiredTestClass().getAnnotation(MetastoreTest.class);
    if (wanted != null) {
      TestStore store = TestStore.open(wanted.members(), wanted.storage());
      context.getStore(NAMESPACE).put(TestStore.class, store);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    TestStore store = context.getStore(NAMESPACE).remove(TestStore.class, TestStore.class);
    if (store != null) {
      context
          .getRoot()
          .getStore(NAMESPACE)
          .computeIfAbsent(Closing.class, key -> new Closing(), Closing.class)
          .close(store);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == TestStore.class || type == Metastore.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    TestStore store = context.getStore(NAMESPACE).get(TestStore.class, TestStore.class);
    if (store == null) {
      throw new IllegalStateException("the class is not annotated with @MetastoreTest");
    }
    return parameter.getParameter().getType() == TestStore.class ? store : store.client();
  }
}
