package io.metastore.app.cluster;

import io.metastore.testkit.storage.Seed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What three members go through, whatever engine they have. */
abstract class ClusterFaults {
  /** A part of the names of the faults that are wanted. */
  private static final String ONLY = System.getProperty("metastore.it.only", "");

  /** How many faults, of all kinds in turn; in a build one of each family. */
  private static final int COUNT = Integer.getInteger("metastore.it.faults", 0);

  private static final List<List<FaultRun.Trouble>> FAMILIES =
      List.of(
          List.of(MemberFault.KILL_LEADER, MemberFault.KILL_FOLLOWER, MemberFault.RESTART_LEADER),
          List.of(
              MemberFault.KILL_ALL,
              MemberFault.TORN_RECORD,
              DiskFault.FULL_DISK,
              DiskFault.READ_ONLY_DIRECTORY),
          List.of(MemberFault.PAUSE_LEADER, MemberFault.PAUSE_FOLLOWER, MemberFault.PAUSE_ALL),
          List.of(
              MemberFault.CUT_LEADER,
              MemberFault.SILENCE_LEADER,
              MemberFault.SILENCE_FOLLOWER,
              MemberFault.CUT_ONE_WAY,
              MemberFault.DELAY));

  @TempDir private Path folder;

  private final String engine;

  ClusterFaults(String engine) {
    this.engine = engine;
  }

  @Test
  void noFaultLosesDoublesOrReordersAWrite() throws Exception {
    Random random = Seed.random(getClass().getSimpleName());
    try (ProcessCluster cluster =
        ProcessCluster.start(
            folder, "--storage=" + engine, "--heartbeat-interval=50", "--election-timeout=500")) {
      FaultRun run = new FaultRun(cluster, random);
      for (FaultRun.Trouble fault : faults(random)) {
        if (fault != DiskFault.FULL_DISK || cluster.disk().isPresent()) {
          run.run(engine + " " + fault, fault);
        }
      }
    }
  }

  private static List<FaultRun.Trouble> faults(Random random) {
    List<FaultRun.Trouble> faults = new ArrayList<>();
    if (COUNT == 0) {
      FAMILIES.forEach(family -> faults.add(family.get(random.nextInt(family.size()))));
      Collections.shuffle(faults, random);
      return faults;
    }
    while (faults.size() < COUNT) {
      List<FaultRun.Trouble> all = new ArrayList<>();
      FAMILIES.forEach(all::addAll);
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
