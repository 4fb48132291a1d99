package io.metastore.store.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.storage.StorageEngineProvider;
import io.metastore.testkit.storage.StorageEngineContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** A contract test that cannot fail is no test: each of these is seen to fail. */
final class ContractFindsFaultsTest {
  private static final int TRIES = 5;

  private static volatile Fault current = Fault.NONE;

  /** The contract on the faulty engine. Surefire does not look for tests in nested classes. */
  static final class OnFaultyEngine extends StorageEngineContract {
    @Override
    protected StorageEngineProvider provider() {
      return FaultyProvider.of(current);
    }

    @Override
    protected Map<String, String> badSettings() {
      return Map.of(FaultyProvider.SETTING, "huge");
    }
  }

  private static TestExecutionSummary run(Fault fault) {
    current = fault;
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    String part = StorageEngineContract.class.getName() + "$" + fault.part;
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(
                    DiscoverySelectors.selectNestedClass(
                        List.of(OnFaultyEngine.class.getName()), part))
                .filters(
                    (PostDiscoveryFilter)
                        test ->
                            FilterResult.includedIf(
                                !test.isTest()
                                    || test.getUniqueId().toString().contains(fault.test + "(")))
                .build(),
            listener);
    return listener.getSummary();
  }

  @ParameterizedTest
  @EnumSource
  void contractNoticesEvery(Fault fault) {
    boolean failed = isNoticed(fault);
    // What happens at the same time is up to the scheduler, too: one that favours a fault once
    // hides it, one that does so each time does not exist.
    for (int i = 1; i < TRIES && !failed && fault.part.equals("Concurrency"); i++) {
      failed = isNoticed(fault);
    }
    assertEquals(fault != Fault.NONE, failed, fault + " by " + fault.test);
  }

  private static boolean isNoticed(Fault fault) {
    TestExecutionSummary summary = run(fault);
    assertTrue(summary.getTestsFoundCount() > 0, "no test " + fault.part + "." + fault.test);
    return summary.getTestsFailedCount() > 0;
  }
}
