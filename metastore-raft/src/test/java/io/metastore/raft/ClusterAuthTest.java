package io.metastore.raft;

import static io.metastore.raft.Nodes.TIMEOUT;
import static io.metastore.raft.Nodes.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.auth.Identity;
import io.metastore.core.message.AuthCommand;
import io.metastore.core.message.AuthEnableRequest;
import io.metastore.core.message.AuthUserAddRequest;
import io.metastore.core.message.AuthUserGrantRoleRequest;
import io.metastore.core.message.PutRequest;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and tokens on several members. */
final class ClusterAuthTest {
  static final Identity ROOT = Identity.of("root");

  @TempDir private Path temp;

  private static void change(Node node, AuthCommand.Builder command) throws Exception {
    Message unused =
        get(node.auth().change(Identity.TRUSTED, command.build(), Message.class, TIMEOUT));
  }

  /** Makes a user root and switches authentication on. */
  static void enable(Node node) throws Exception {
    change(
        node, AuthCommand.newBuilder().setUserAdd(AuthUserAddRequest.newBuilder().setName("root")));
    change(
        node,
        AuthCommand.newBuilder()
            .setUserGrantRole(
                AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root")));
    change(node, AuthCommand.newBuilder().setEnable(AuthEnableRequest.getDefaultInstance()));
  }

  /** A token for root. */
  static String token(Node node) throws Exception {
    long revision = get(node.auth().currentState()).revision();
    return get(node.auth().issueToken("root", revision, TIMEOUT)).getToken();
  }

  static ErrorCode refusal(CompletableFuture<?> call) {
    ExecutionException thrown = assertThrows(ExecutionException.class, () -> get(call));
    return assertInstanceOf(MetastoreException.class, thrown.getCause()).code();
  }

  private static CompletableFuture<?> put(Node node, Identity caller) {
    return node.store()
        .as(caller)
        .put(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build(), TIMEOUT);
  }

  @Test
  @DisplayName("67: every member knows a token that one of them issued")
  void everyMemberKnowsATokenThatOneIssued() throws Exception {
    try (TestCluster cluster = TestCluster.start(temp, "memory", 3)) {
      enable(cluster.node("n1"));
      String token = token(cluster.node(cluster.follower()));
      for (Node node : cluster.nodes()) {
        assertEquals(ROOT, get(node.auth().identify(token)));
        assertEquals(ErrorCode.USER_EMPTY, refusal(put(node, Identity.NOBODY)));
      }
    }
  }
}
