package io.metastore.raft;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line in the log for what an operator should know of the other members: that the leader is
 * lost, and, from the leader, who does not answer and who does again. Ratis says it in many lines
 * and again and again.
 *
 * <p>Belongs to the one task that runs it.
 */
final class ClusterNews {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterNews.class);

  private static final Duration LOOK_INTERVAL = Duration.ofMillis(500);

  /**
   * What there is to see.
   *
   * @param leader 0 when none is known
   * @param silentMillis how long ago each other member was heard of; empty on one that does not
   *     lead
   */
  record Sight(long leader, Map<Long, Long> silentMillis) {}

  private final String name;
  private final long silenceMaxMillis;
  private long leader;
  private final Set<Long> silent = new HashSet<>();

  /**
   * Creates the news of a member.
   *
   * @param silenceMax a member that was not heard of for longer does not answer
   */
  ClusterNews(String name, Duration silenceMax) {
    this.name = name;
    this.silenceMaxMillis = silenceMax.toMillis();
  }

  /** Looks again and again until interrupted. */
  void run(Supplier<Sight> sight) throws InterruptedException {
    while (true) {
      TimeUnit.NANOSECONDS.sleep(LOOK_INTERVAL.toNanos());
      look(sight.get()).forEach(LOG::info);
    }
  }

  /** What has changed since the last look, one line for each event. */
  List<String> look(Sight now) {
    List<String> lines = new ArrayList<>();
    if (leader != 0 && now.leader() == 0) {
      lines.add("leader lost name=" + name + " leader=" + MemberIds.hex(leader));
    }
    leader = now.leader();
    silent.retainAll(now.silentMillis().keySet());
    now.silentMillis()
        .forEach(
            (member, millis) -> {
              boolean answers = millis <= silenceMaxMillis;
              String who = " name=" + name + " member=" + MemberIds.hex(member);
              if (!answers && silent.add(member)) {
                lines.add("member does not answer" + who + " for-ms=" + millis);
              } else if (answers && silent.remove(member)) {
                lines.add("member answers again" + who);
              }
            });
    return lines;
  }
}
