package io.metastore.app.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Message;
import io.metastore.app.Installed;
import io.metastore.app.Sizes;
import io.metastore.core.message.AuthEnableRequest;
import io.metastore.core.message.AuthUserAddRequest;
import io.metastore.core.message.AuthUserChangePasswordRequest;
import io.metastore.core.message.AuthUserGrantRoleRequest;
import io.metastore.core.message.AuthenticateRequest;
import io.metastore.testkit.storage.Seed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random users with random roles are answered as etcd answers them. The run of a seed again: {@code
 * -Dmetastore.seed=...}.
 */
final class AuthDifferentialIT {
  private static final long SEED = Seed.of("AuthDifferentialIT");
  private static final int STEPS = Sizes.of("metastore.differential.auth.steps", 300, 1500);

  private static final List<String> USERS = List.of("root", "u1", "u2");

  @TempDir Path folder;

  @Test
  void everyAnswerAboutUsersIsEtcds() throws Exception {
    Installed.require(Etcd.EXECUTABLE, "etcd-server");
    System.out.println("AuthDifferentialIT: seed " + SEED);
    Map<String, Integer> outcomes = new TreeMap<>();
    try (Etcd etcd = Etcd.start(folder, "--bcrypt-cost=4");
        OurNode node = OurNode.start(folder, SEED % 2 == 0 ? "memory" : "rocksdb");
        AuthClient theirs = new AuthClient(etcd.port());
        AuthClient ours = new AuthClient(node.port())) {
      RandomAuth random = new RandomAuth(new Random(SEED));
      for (int step = 0; step < STEPS; step++) {
        if (step % 100 == 0) {
          letAllIn(theirs);
          letAllIn(ours);
        }
        RandomAuth.Call call = random.next();
        String expected = theirs.answer(call);
        int number = step;
        assertEquals(
            expected,
            ours.answer(call),
            () -> "seed " + SEED + " step " + number + ", " + call.actor() + ": " + call.request());
        outcomes.merge(expected.startsWith("header") ? "done" : expected, 1, Integer::sum);
      }
    }
    System.out.println("AuthDifferentialIT: " + outcomes);
    assertTrue(outcomes.getOrDefault("done", 0) > STEPS / 10, outcomes.toString());
    assertTrue(
        outcomes.getOrDefault("PERMISSION_DENIED etcdserver: permission denied", 0) > STEPS / 50,
        outcomes.toString());
  }

  /** Whatever became of the users: all are there with a token, and root with its role. */
  private static void letAllIn(AuthClient client) {
    client.disable();
    for (String user : USERS) {
      client.answer(call(AuthUserAddRequest.newBuilder().setName(user).setPassword("a").build()));
      client.answer(
          call(AuthUserChangePasswordRequest.newBuilder().setName(user).setPassword("a").build()));
    }
    client.answer(
        call(AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build()));
    client.answer(call(AuthEnableRequest.getDefaultInstance()));
    for (String user : USERS) {
      client.answer(call(AuthenticateRequest.newBuilder().setName(user).setPassword("a").build()));
    }
  }

  private static RandomAuth.Call call(Message request) {
    return new RandomAuth.Call("root", request);
  }
}
