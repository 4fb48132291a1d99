package io.metastore.raft;

import io.metastore.core.message.Member;
import io.metastore.core.message.PeerNothing;
import io.metastore.core.message.PeerRequest;
import io.metastore.core.message.PeerResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who a starting node is: whoever its data directory belongs to; else, in a new cluster, what its
 * options make of it; else the member that a running cluster has under its peer URLs.
 */
final class Founding {
  private static final Logger LOG = LoggerFactory.getLogger(Founding.class);

  private static final Duration ASK_MAX = Duration.ofSeconds(5);

  private Founding() {}

  /**
   * Finds out.
   *
   * @throws StartException when a running cluster is to be joined and none of its members answers,
   *     or none knows this one
   */
  static DataDirectory.Identity identity(NodeOptions options)
      throws StartException, InterruptedException {
    Optional<DataDirectory.Identity> owner = DataDirectory.owner(options.dataDirectory());
    if (owner.isPresent()) {
      DataDirectory.Identity found = owner.get();
      // Names and engine are checked against the options when the directory is opened.
      return new DataDirectory.Identity(
          found.clusterId(),
          found.memberId(),
          options.name(),
          options.storage().name(),
          found.founders(),
          found.learner());
    }
    return options.cluster().joining() ? joining(options) : NodeOptionsCheck.identity(options);
  }

  private static DataDirectory.Identity joining(NodeOptions options)
      throws StartException, InterruptedException {
    Set<String> own = new HashSet<>();
    options.advertisePeerUrls().forEach(url -> own.add(url.toString()));
    boolean answered = false;
    for (Map.Entry<String, List<URI>> member : options.initialCluster().entrySet()) {
      if (member.getKey().equals(options.name())) {
        continue;
      }
      try (Introduction introduction = Introduction.to(member.getValue())) {
        PeerResponse response =
            introduction
                .ask(PeerRequest.newBuilder().setMembers(PeerNothing.getDefaultInstance()), ASK_MAX)
                .get(ASK_MAX.toMillis(), TimeUnit.MILLISECONDS);
        answered = true;
        for (Member known : response.getMembersList()) {
          if (own.equals(new HashSet<>(known.getPeerURLsList()))) {
            return new DataDirectory.Identity(
                introduction.clusterId(),
                known.getID(),
                options.name(),
                options.storage().name(),
                Map.of(),
                known.getIsLearner());
          }
        }
      } catch (IOException | ExecutionException | TimeoutException e) {
        LOG.atInfo()
            .addKeyValue("name", member.getKey())
            .addKeyValue("urls", member.getValue())
            .addKeyValue("because", e.toString())
            .log("member of the cluster to join does not answer");
      }
    }
    throw new StartException(
        "initial-cluster-state",
        "existing",
        answered
            ? "no member of the cluster has the peer URLs "
                + options.advertisePeerUrls()
                + ": add this member first (member add)"
            : "no other member of initial-cluster answers: " + options.initialCluster());
  }
}
