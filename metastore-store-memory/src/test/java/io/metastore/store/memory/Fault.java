package io.metastore.store.memory;

/** What is wrong, and the test that must say so. */
enum Fault {
  NONE("Commits", "putIsReadBack"),
  HALF_BATCHES("Views", "everyViewHoldsWholeBatchesWhileCommitsGoOn"),
  FIRST_OPERATION_WINS("Commits", "laterOperationOfBatchWins"),
  ONE_KEYSPACE("Commits", "sameKeyInAnotherKeyspaceIsAnotherKey"),
  EMPTY_VALUES_DROPPED("Commits", "emptyKeysAndValuesAreKept"),
  LIVE_VIEWS("Views", "viewSeesNothingCommittedAfterIt"),
  LATE_VIEWS("Views", "everyViewHoldsWholeBatchesWhileCommitsGoOn"),
  VIEWS_NEVER_CLOSE("Views", "closedViewRefusesReadsAndMayBeClosedTwice"),
  UPPER_BOUND_INCLUDED("Scans", "everyBoundIsExactOverEdgesOfTheOrder"),
  UPPER_BOUND_IGNORED("Scans", "everyBoundIsExactOverManyKeys"),
  BACKWARD_IS_FORWARD("Scans", "cursorsOfOneViewAreIndependent"),
  WALKS_BEGIN_AGAIN("Scans", "endOfWalkIsForEver"),
  NO_FLUSH("Durability", "flushedCommitsAreThereAfterReopening"),
  CHECKPOINT_OF_LAST_FLUSH("Checkpoints", "restoredStoreHoldsWhatWasCommittedBeforeTheCheckpoint"),
  CHECKPOINT_UNCHECKED("Checkpoints", "damageToAnyFileOfACheckpointIsFound"),
  RESTORE_OVERWRITES("Checkpoints", "restoreNeedsAnEmptyDirectoryAndACheckpoint"),
  SETTINGS_IGNORED("Opening", "unknownSettingIsRefused"),
  THREAD_LEFT("Closing", "closeLeavesNoThreadAndNoOpenFile"),
  FILE_LEFT("Closing", "closeLeavesNoThreadAndNoOpenFile"),
  USABLE_WHEN_CLOSED("Closing", "closedEngineRefusesEverything"),
  SIZES_STAND_STILL("Closing", "sizesFollowWhatIsStored"),
  FLUSH_FAILS_INTERRUPTED("Threads", "threadThatIsInterruptedIsServedAndStaysInterrupted"),
  FLUSH_FORGETS_INTERRUPTS("Threads", "threadThatIsInterruptedIsServedAndStaysInterrupted"),
  COMMITS_OF_ONE_THREAD("Threads", "commitsMayComeFromOneThreadAfterTheOther"),
  VIEWS_COPY("Threads", "viewCostsTheSameHoweverMuchIsStored"),
  DELETES_FORGOTTEN("AgainstModel", "engineDoesWhatSortedMapsDo"),
  ONE_LOCK_FOR_FLUSH("Concurrency", "commitsAndReadsEndWhileAFlushRuns"),
  ONE_LOCK_FOR_CHECKPOINT("Concurrency", "commitsAndReadsEndWhileACheckpointRuns"),
  VIEWS_WAIT_FOR_FLUSHES("Concurrency", "commitsAndReadsEndWhileAFlushRuns"),
  CHECKPOINTS_ONE_AT_A_TIME("Concurrency", "checkpointsFlushesCommitsAndReadsRunTogether"),
  READS_FAIL_DURING_CHECKPOINTS("Concurrency", "checkpointsFlushesCommitsAndReadsRunTogether"),
  OPEN_FORGETS_INTERRUPTS("Threads", "openRestoreCloseAndFiguresServeAnInterruptedThread"),
  RESTORE_FAILS_INTERRUPTED("Threads", "openRestoreCloseAndFiguresServeAnInterruptedThread"),
  SIZES_FORGET_INTERRUPTS("Threads", "openRestoreCloseAndFiguresServeAnInterruptedThread"),
  STATISTICS_FORGET_INTERRUPTS("Threads", "openRestoreCloseAndFiguresServeAnInterruptedThread"),
  CLOSE_FORGETS_INTERRUPTS("Threads", "openRestoreCloseAndFiguresServeAnInterruptedThread"),
  // The engine beneath is installed itself, and as another one.
  STORES_OF_OTHERS_OPENED("Opening", "storesAndCheckpointsOfOtherEnginesAreRefusedAndLeftAlone"),
  SETTING_VALUES_IGNORED("Opening", "settingThatCannotBeUsedIsRefused"),
  PROVIDER_STARTS_A_THREAD("Opening", "makingAProviderLeavesNoThreadAndNoOpenFile"),
  VIRTUAL_THREAD_LEFT("Closing", "closeLeavesNoThreadAndNoOpenFile"),
  RESTORE_FAILS_LIKE_THE_JDK("Checkpoints", "restoreWhereNothingCanBeWrittenIsRefused"),
  FAILED_COMMIT_IS_SEEN("Faults", "writeThatFailsIsReportedAndLosesNothingThatWasFlushed"),
  CHECKPOINT_IN_TWO_STEPS("Crashes", "checkpointThatWasCutShortByACrashIsWholeOrRefused"),
  RESTORE_IN_TWO_STEPS("Crashes", "restoreThatWasCutShortByACrashIsWholeOrNoStore");

  final String part;
  final String test;

  Fault(String part, String test) {
    this.part = part;
    this.test = test;
  }
}
