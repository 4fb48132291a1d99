package io.metastore.app.cluster;

import io.metastore.testkit.network.Fault;
import java.util.ArrayList;
import java.util.List;

/** What can happen to the connections between a member and its clients. */
enum ClientFault implements FaultRun.Trouble {
  /** Of the leader, some times: what was under way may have been done or not. */
  CUT_CLIENTS {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      for (int i = 0; i < CUTS; i++) {
        lose(run, load, run.cluster().leader(), new Fault.Cut(), 1);
      }
    }
  },
  /** Of any member: what was sent arrives when the clients have given up. */
  SILENCE_CLIENTS {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      int member = run.random().nextInt(run.cluster().names().size());
      lose(run, load, run.cluster().names().get(member), new Fault.Silence(), PATIENCE);
    }
  };

  private static final int CUTS = 3;

  /** So many answers others have had when one that got none has given up. */
  private static final int PATIENCE = 50;

  @Override
  public MemberClient client(ProcessCluster cluster, String member) {
    return cluster.linkedClient(member);
  }

  private static void lose(
      FaultRun run, ClientLoad load, String member, Fault fault, int answersOfOthers)
      throws Exception {
    List<String> others = new ArrayList<>(run.cluster().names());
    others.remove(member);
    run.cluster().clientLink(member).set(fault);
    load.awaitProgress(others, answersOfOthers);
    run.cluster().clientLink(member).set(new Fault.None());
    load.awaitProgress(run.cluster().names(), 1);
  }
}
