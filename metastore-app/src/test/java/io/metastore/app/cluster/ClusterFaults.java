package io.metastore.app.cluster;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.metastore.app.Sizes;
import io.metastore.testkit.storage.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What three members go through, whatever engine they have. */
abstract class ClusterFaults {
  /** A part of the names of the faults that are wanted. */
  private static final String ONLY = System.getProperty("metastore.it.only", "");

  /** How many faults, of all kinds in turn; in a build one of a family. */
  private static final int COUNT = Integer.getInteger("metastore.it.faults", 0);

  private static final List<List<FaultRun.Trouble>> FAMILIES =
      List.of(
          List.of(MemberFault.KILL_LEADER, MemberFault.KILL_FOLLOWER, MemberFault.RESTART_LEADER),
          List.of(
              MemberFault.KILL_ALL,
              MemberFault.TORN_RECORD,
              DiskFault.FULL_DISK,
              DiskFault.READ_ONLY_DIRECTORY),
          List.of(
              MemberFault.PAUSE_LEADER,
              MemberFault.PAUSE_FOLLOWER,
              MemberFault.PAUSE_ALL,
              ClockFault.CLOCK_JUMPS),
          List.of(
              MemberFault.CUT_LEADER,
              MemberFault.SILENCE_LEADER,
              MemberFault.SILENCE_FOLLOWER,
              MemberFault.CUT_ONE_WAY,
              MemberFault.DELAY,
              ClientFault.CUT_CLIENTS,
              ClientFault.SILENCE_CLIENTS),
          List.of(
              MembershipFault.COME_AND_GO,
              MembershipFault.LEADER_REMOVED,
              MembershipFault.REPLACED));

  /** How many families a build takes, by chance. */
  private static final int FAMILIES_MET = Sizes.of("metastore.it.families", 1, FAMILIES.size());

  /** Too long for every build; what they are about has tests of its own in one JVM. */
  private static final List<FaultRun.Trouble> LONG =
      List.of(MembershipFault.TWO_OF_FIVE_LOST, MemberFault.FAR_BEHIND);

  @TempDir private Path folder;

  private final String engine;
  private boolean failed;

  ClusterFaults(String engine) {
    this.engine = engine;
  }

  @TestFactory
  Stream<DynamicTest> noFaultLosesDoublesOrReordersAWrite() throws Exception {
    Random random = Seed.random(getClass().getSimpleName());
    ProcessCluster cluster =
        ProcessCluster.start(
            folder, "--storage=" + engine, "--heartbeat-interval=50", "--election-timeout=500");
    FaultRun run = new FaultRun(cluster, random);
    return faults(random).stream()
        .map(fault -> DynamicTest.dynamicTest(fault.toString(), () -> check(run, fault)))
        .onClose(cluster::close);
  }

  private void check(FaultRun run, FaultRun.Trouble fault) throws Exception {
    Optional<String> impossible = fault.impossible(run.cluster());
    assumeTrue(impossible.isEmpty(), () -> impossible.orElse(""));
    assumeFalse(failed, "the cluster has not come out of an earlier fault");
    failed = true;
    run.run(engine + " " + fault, fault);
    failed = false;
  }

  private static List<FaultRun.Trouble> faults(Random random) {
    List<FaultRun.Trouble> faults = new ArrayList<>();
    if (COUNT == 0) {
      FAMILIES.forEach(family -> faults.add(family.get(random.nextInt(family.size()))));
      Collections.shuffle(faults, random);
      return faults.subList(0, FAMILIES_MET);
    }
    while (faults.size() < COUNT) {
      List<FaultRun.Trouble> all = new ArrayList<>();
      FAMILIES.forEach(all::addAll);
      all.addAll(LONG);
      all.removeIf(fault -> !fault.toString().contains(ONLY));
      if (all.isEmpty()) {
        throw new IllegalArgumentException("no fault has this in its name: " + ONLY);
      }
      Collections.shuffle(all, random);
      faults.addAll(all);
    }
    return faults.subList(0, COUNT);
  }
}
