package io.metastore.raft;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** How Ratis is set up, with the reason for each setting that is not its default. */
final class RatisSettings {
  /** Room for an entry beyond the proposals in it. */
  private static final int ENTRY_OVERHEAD_BYTES = 64 << 10;

  private static final long BUFFER_BYTES_MIN = 4L << 20;

  /** Pauses and how often each is made: ten times 10 ms, and then 250 ms for good. */
  private static final String APPENDER_RETRIES = "10ms,10, 250ms,1000000000";

  private static final Duration FIRST_ELECTION_ALONE = Duration.ofMillis(10);

  private static final TimeDuration NEVER = TimeDuration.valueOf(365, TimeUnit.DAYS);

  private RatisSettings() {}

  /**
   * Makes the settings of one node.
   *
   * @param alone true for the only member of a cluster, which need not wait for others to stand
   * @param entryBytesMax largest entry, in bytes
   */
  static RaftProperties of(
      NodeOptions options, Path logDirectory, boolean alone, long entryBytesMax) {
    RaftProperties properties = new RaftProperties();
    storage(properties, logDirectory, entryBytesMax + ENTRY_OVERHEAD_BYTES);
    elections(properties, options, alone);
    reads(properties, options);
    snapshots(properties);

    options
        .peerListen()
        .ifPresentOrElse(
            listen -> {
              PromptRpc.use(properties, options.heartbeatInterval());
              GrpcConfigKeys.Server.setHost(properties, listen.getHostString());
              GrpcConfigKeys.Server.setPort(properties, listen.getPort());
            },
            () -> NoPeersRpc.use(properties));
    return properties;
  }

  private static void storage(RaftProperties properties, Path directory, long entryBytesMax) {
    RaftServerConfigKeys.setStorageDir(properties, List.of(directory.toFile()));
    RaftServerConfigKeys.setRemovedGroupsDir(properties, new File(directory.toFile(), "removed"));

    // Each commit would otherwise write a second entry, for the commit index: a fifth of the
    // latency.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
    // Entries wait for one another in it, at a price in latency and throughput.
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
    // An append goes out at once; batching is the proposer's.
    RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, TimeDuration.ZERO);
    // A member that comes back is reached at once: by default it is tried every 5 s after a while.
    RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, APPENDER_RETRIES);
    // Written entries stay on the heap for followers: bounded, because the heap is.
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("48MB"));
    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("16MB"));
    // The largest entry must fit both; Ratis wants the write buffer a little larger than the other.
    long bufferBytes = Math.max(entryBytesMax, BUFFER_BYTES_MIN);
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(
        properties, SizeInBytes.valueOf(bufferBytes));
    RaftServerConfigKeys.Log.setWriteBufferSize(
        properties, SizeInBytes.valueOf(bufferBytes + ENTRY_OVERHEAD_BYTES));
    // The log is purged by whole segments, however few entries they have.
    RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
    // Flushing is decided by the amount of log, not by the number of entries, and at a stop by us.
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
  }

  private static void elections(RaftProperties properties, NodeOptions options, boolean alone) {
    TimeDuration timeout = millis(options.electionTimeout());
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, timeout);
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, timeout.multiply(2));
    if (alone) {
      RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
          properties, TimeDuration.valueOf(1, TimeUnit.MILLISECONDS));
      RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(FIRST_ELECTION_ALONE));
    }
    RaftServerConfigKeys.LeaderElection.setPreVote(properties, options.cluster().preVote());
    // A member that was paused for long must come back as what it was, and not step down or end.
    // That it leads no more, the others' next answers tell it.
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, NEVER);
    RaftServerConfigKeys.setCloseThreshold(properties, NEVER);
    // Replies are kept to recognise a retry; ours come within the propose timeout.
    RaftServerConfigKeys.RetryCache.setExpiryTime(
        properties, TimeDuration.valueOf(30, TimeUnit.SECONDS));
  }

  private static void reads(RaftProperties properties, NodeOptions options) {
    // The default answers from local state, however old.
    RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    // A leader that heard from a majority within the lease need not ask again; see ClusterOptions
    // for why that is off unless asked for.
    RaftServerConfigKeys.Read.setLeaderLeaseEnabled(properties, options.cluster().leaderLease());
    RaftServerConfigKeys.Read.setTimeout(properties, millis(options.electionTimeout()).multiply(2));
  }

  private static void snapshots(RaftProperties properties) {
    // The leader only says that an image is needed: it is fetched and installed by us, as a whole
    // store, while the old one goes on serving.
    RaftServerConfigKeys.Log.Appender.setInstallSnapshotEnabled(properties, false);
  }

  private static TimeDuration millis(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}
