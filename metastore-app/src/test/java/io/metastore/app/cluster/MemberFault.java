package io.metastore.app.cluster;

import io.metastore.app.RaftLogFile;
import io.metastore.testkit.history.Action;
import io.metastore.testkit.network.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** What can happen to members and to the network between them, and its end. */
enum MemberFault implements FaultRun.Trouble {
  KILL_LEADER {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      String leader = run.cluster().leader();
      run.cluster().kill(leader);
      run.awaitOthersServed(load, leader);
      run.cluster().launch(leader);
    }
  },
  KILL_FOLLOWER {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      String follower = run.follower();
      run.cluster().kill(follower);
      run.awaitOthersServed(load, follower);
      run.cluster().launch(follower);
    }
  },
  KILL_ALL {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      for (String name : run.cluster().names()) {
        run.cluster().kill(name);
      }
      for (String name : run.cluster().names()) {
        run.cluster().launch(name);
      }
    }
  },
  PAUSE_LEADER {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      pause(run, load, run.cluster().leader());
    }
  },
  PAUSE_FOLLOWER {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      pause(run, load, run.follower());
    }
  },
  PAUSE_ALL {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      // Not at once: one that still runs may stand for election meanwhile.
      for (String name : run.cluster().names()) {
        run.cluster().signal(name, "STOP");
      }
      for (String name : run.cluster().names()) {
        run.cluster().signal(name, "CONT");
      }
    }
  },
  RESTART_LEADER {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      String leader = run.cluster().leader();
      run.cluster().process(leader).terminate();
      Assertions.assertEquals(
          0, run.cluster().process(leader).exitCode(), () -> logs(run.cluster()));
      run.awaitOthersServed(load, leader);
      run.cluster().launch(leader);
    }
  },
  CUT_LEADER {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      isolate(run, load, run.cluster().leader(), new Fault.Cut());
    }
  },
  SILENCE_LEADER {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      isolate(run, load, run.cluster().leader(), new Fault.Silence());
    }
  },
  SILENCE_FOLLOWER {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      isolate(run, load, run.follower(), new Fault.Silence());
    }
  },
  CUT_ONE_WAY {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      String follower = run.follower();
      // It still hears from the leader, but cannot ask it for anything.
      run.cluster().network().link(follower, run.cluster().leader()).set(new Fault.Cut());
      run.awaitOthersServed(load, follower);
      run.cluster().network().heal();
    }
  },
  DELAY {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      run.cluster().network().everywhere(new Fault.Delay(Duration.ofMillis(20)));
      load.awaitProgress(run.cluster().names(), 4);
      run.cluster().network().heal();
    }
  },
  /** Until the others have no log any more of the time when it went: it fetches their store. */
  FAR_BEHIND {
    @Override
    public void prepare(FaultRun run) throws Exception {
      ProcessCluster cluster = run.cluster();
      String away = ProcessCluster.SMALL_DISK;
      cluster.kill(away);
      String leader = cluster.leader();
      MemberClient writer = cluster.client(leader);
      Path log = cluster.data(leader).resolve("log");
      long lacking = RaftLogFile.segments(log).last();
      Action put = new Action.Put("x".repeat(BALLAST_BYTES));
      long end = System.nanoTime() + PURGE_NANOS_MAX;
      // What a member lacks is kept for some flushes of the store, of 64 MB of log each.
      do {
        Assertions.assertTrue(System.nanoTime() < end, () -> "never purged\n" + logs(cluster));
        for (int i = 0; i < BALLASTS; i++) {
          cluster.await("ballast", () -> writer.run("ballast", put).isAcknowledged());
        }
        // What is fetched must fit on its disk.
        writer.compact(writer.revision().orElseThrow());
      } while (RaftLogFile.segments(log).first() <= lacking);
    }

    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      ProcessCluster cluster = run.cluster();
      String away = ProcessCluster.SMALL_DISK;
      cluster.launch(away);
      load.awaitProgress(cluster.names(), 4);
      Assertions.assertTrue(
          Files.exists(cluster.data(away).resolve("current-store")), () -> logs(cluster));
    }
  },
  TORN_RECORD {
    @Override
    public void happen(FaultRun run, ClientLoad load) throws Exception {
      String follower = run.follower();
      run.cluster().kill(follower);
      tear(run.cluster().data(follower).resolve("log"));
      run.awaitOthersServed(load, follower);
      run.cluster().launch(follower);
    }
  };

  private static final int BALLAST_BYTES = 1_400_000;
  private static final int BALLASTS = 20;
  private static final long PURGE_NANOS_MAX = TimeUnit.MINUTES.toNanos(5);

  private static void pause(FaultRun run, ClientLoad load, String member) throws Exception {
    run.cluster().signal(member, "STOP");
    try {
      run.awaitOthersServed(load, member);
    } finally {
      run.cluster().signal(member, "CONT");
    }
  }

  private static void isolate(FaultRun run, ClientLoad load, String member, Fault fault)
      throws Exception {
    run.cluster().network().around(member, fault);
    run.awaitOthersServed(load, member);
    run.cluster().network().heal();
  }

  private static String logs(ProcessCluster cluster) {
    try {
      return cluster.logs();
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Puts half a record where the next one would be, as a power failure while writing does. */
  private static void tear(Path log) throws IOException {
    List<Path> open;
    try (Stream<Path> files = Files.walk(log)) {
      open =
          files.filter(file -> file.getFileName().toString().startsWith("log_inprogress")).toList();
    }
    RaftLogFile.tear(open.getFirst());
  }
}
