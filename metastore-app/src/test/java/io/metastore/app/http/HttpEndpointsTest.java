package io.metastore.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.app.TestServer;
import io.metastore.core.message.AlarmType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpEndpointsTest {
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private void answers(String path, int status, String body) throws Exception {
    TestServer.Answer response = server.http("GET", path);
    assertEquals(body, response.body());
    assertEquals(status, response.status());
  }

  @Test
  void healthyNodeIsHealthy() throws Exception {
    answers("/health", 200, "{\"health\":\"true\",\"reason\":\"\"}");
    answers("/livez", 200, "ok\n");
    answers("/readyz", 200, "ok\n");
    answers("/readyz/linearizable_read", 200, "ok\n");
    answers(
        "/readyz?verbose&exclude=data_corruption",
        200,
        """
        [+]data_corruption excluded: ok
        [+]serializable_read ok
        [+]linearizable_read ok
        [+]non_learner ok
        ok
        """);
  }

  @Test
  void aLearnerIsAliveAndNotReady() throws Exception {
    server.node().becomeLearner();
    answers("/livez", 200, "ok\n");
    answers("/readyz/non_learner", 503, "[-]non_learner failed: not supported for learner\n\n");
    answers("/readyz?exclude=non_learner", 200, "ok\n");
  }

  @Test
  void withoutALeaderOnlyTheMemberItselfIsHealthy() throws Exception {
    server.node().loseLeader();
    answers("/health", 503, "{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}");
    answers("/health?serializable=true", 200, "{\"health\":\"true\",\"reason\":\"\"}");
  }

  @Test
  void failingReadIsTheReason() throws Exception {
    server.node().store().failWith(ErrorCode.TIMEOUT);
    answers(
        "/health",
        503,
        "{\"health\":\"false\",\"reason\":\"RANGE ERROR:etcdserver: request timed out\"}");
    answers("/livez", 503, "[-]serializable_read failed: etcdserver: request timed out\n\n");
    answers("/readyz/data_corruption", 200, "ok\n");
  }

  @Test
  void alarmsAreShown() throws Exception {
    server.node().store().raise(AlarmType.NOSPACE);
    answers("/health", 503, "{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}");
    answers("/health?exclude=NOSPACE", 200, "{\"health\":\"true\",\"reason\":\"\"}");
    answers("/readyz", 200, "ok\n");
    server.node().store().raise(AlarmType.CORRUPT);
    answers("/health?exclude=NOSPACE", 503, "{\"health\":\"false\",\"reason\":\"ALARM CORRUPT\"}");
    answers(
        "/readyz/data_corruption", 503, "[-]data_corruption failed: alarm activated: CORRUPT\n\n");
  }

  @Test
  void versionIsEtcds() throws Exception {
    answers(
        "/version",
        200,
        "{\"etcdserver\":\"3.6.0\",\"etcdcluster\":\"3.6.0\",\"storage\":\"3.6.0\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/health,405",
    "HEAD,/health,405",
    "HEAD,/version,200",
    "POST,/metrics,405",
    "GET,/nope,404",
    "GET,/health/,404"
  })
  void methodsAndPathsAreChecked(String method, String path, int status) throws Exception {
    TestServer.Answer response = server.http(method, path);
    assertEquals(status, response.status());
    if (method.equals("HEAD")) {
      assertEquals("", response.body());
    }
  }

  @Test
  void metricsHaveEtcdsNames() throws Exception {
    assertEquals(200, server.http("GET", "/health").status());
    List<String> lines = server.http("GET", "/metrics").body().lines().toList();
    for (String line :
        List.of(
            "etcd_server_has_leader 1.0",
            "etcd_server_is_leader 1.0",
            "etcd_server_id{server_id=\"2002\"} 1.0",
            "etcd_server_proposals_applied_total 6.0",
            "# TYPE etcd_server_proposals_applied_total gauge",
            "# TYPE etcd_server_proposals_committed_total gauge",
            "etcd_server_quota_backend_bytes 0.0",
            "etcd_server_health_success 1.0",
            "etcd_server_health_failures 0.0",
            "etcd_server_slow_apply_total 0.0",
            "etcd_server_slow_read_indexes_total 0.0",
            "etcd_debugging_server_lease_expired_total 0.0",
            "etcd_mvcc_db_total_size_in_bytes 4096.0",
            "etcd_debugging_mvcc_keys_total 3.0",
            "etcd_debugging_mvcc_current_revision 5.0",
            "etcd_mvcc_put_total 8.0",
            "# TYPE etcd_mvcc_put_total counter",
            "etcd_debugging_mvcc_put_total 8.0",
            "etcd_mvcc_range_total 0.0",
            "etcd_disk_wal_fsync_duration_seconds_count 0",
            "grpc_server_started_total{grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\","
                + "grpc_type=\"unary\"} 0.0",
            "grpc_server_msg_received_total{grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\","
                + "grpc_type=\"unary\"} 0.0",
            "grpc_server_msg_sent_total{grpc_method=\"Put\",grpc_service=\"etcdserverpb.KV\","
                + "grpc_type=\"unary\"} 0.0",
            "metastore_store{name=\"published_views\"} 2.0",
            "metastore_storage{name=\"block_cache_bytes\"} 11.0")) {
      assertTrue(lines.contains(line), line);
    }
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("jvm_memory_used_bytes")));
    assertTrue(lines.stream().anyMatch(line -> line.matches("os_fd_used [1-9].*")));
    assertTrue(lines.stream().anyMatch(line -> line.matches("os_fd_limit [1-9].*")));
    assertTrue(lines.stream().anyMatch(line -> line.startsWith("process_cpu_seconds_total")));
  }
}
