package io.metastore.app.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

/** What can happen to who is a member. Afterwards those of the beginning are. */
enum MembershipFault implements FaultRun.Trouble {
  /** A fourth learns, votes, and is killed and removed without having been started again. */
  COME_AND_GO {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      ProcessCluster cluster = run.cluster();
      Membership membership = new Membership(cluster);
      String through = cluster.names().getFirst();
      membership.add(through, FOURTH);
      run.checkHashes("COME_AND_GO", List.of(through, FOURTH));
      cluster.kill(FOURTH);
      load.awaitProgress(cluster.names(), 2);
      membership.remove(through, FOURTH);
      membership.loseData(FOURTH);
    }
  },
  /** Of five, the leader and a follower are killed: three go on. Then two leave again. */
  TWO_OF_FIVE_LOST {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      ProcessCluster cluster = run.cluster();
      Membership membership = new Membership(cluster);
      for (String spare : ProcessCluster.SPARES) {
        membership.add(cluster.names().getFirst(), spare);
      }
      List<String> five = new ArrayList<>(cluster.names());
      five.addAll(ProcessCluster.SPARES);
      run.checkHashes("TWO_OF_FIVE_LOST", five);
      String leader = run.follower();
      cluster.moveLeader(leader);
      cluster.kill(leader);
      cluster.kill(FOURTH);
      run.awaitOthersServed(load, leader);
      cluster.launch(leader);
      String through = cluster.names().get(cluster.names().getFirst().equals(leader) ? 1 : 0);
      for (String spare : ProcessCluster.SPARES) {
        membership.remove(through, spare);
        if (!spare.equals(FOURTH)) {
          endsAsRemoved(cluster, spare);
        }
        membership.loseData(spare);
      }
    }
  },
  /** It is asked itself; its data are lost, and another takes its place. */
  LEADER_REMOVED {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      ProcessCluster cluster = run.cluster();
      Membership membership = new Membership(cluster);
      String leader = cluster.leader();
      String through = cluster.names().get(cluster.names().getFirst().equals(leader) ? 1 : 0);
      membership.remove(through, leader);
      endsAsRemoved(cluster, leader);
      run.awaitOthersServed(load, leader);
      membership.loseData(leader);
      membership.add(through, leader);
    }
  },
  /** One of three is lost with its disk, and replaced under its name. */
  REPLACED {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      ProcessCluster cluster = run.cluster();
      Membership membership = new Membership(cluster);
      String lost = run.follower();
      cluster.kill(lost);
      membership.loseData(lost);
      String through = cluster.leader();
      membership.remove(through, lost);
      load.awaitProgress(List.of(through), 2);
      membership.add(through, lost);
    }
  };

  private static final String FOURTH = ProcessCluster.SPARES.getFirst();

  private static void endsAsRemoved(ProcessCluster cluster, String name) throws Exception {
    assertEquals(1, cluster.process(name).exitCode());
    String errors = cluster.process(name).errors();
    assertTrue(errors.contains("was removed from cluster"), errors);
  }
}
