package io.metastore.app.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.app.TestServer;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client gets that sends bytes of its own making. */
final class ClientPortTest {
  private static final String REQUEST = "GET /version HTTP/1.1\r\nhost: x\r\n";

  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private static String firstLine(String response) {
    return response.lines().findFirst().orElse("(nothing)");
  }

  @Test
  void nonsenseIsAnsweredAndClosed() throws Exception {
    assertEquals("HTTP/1.1 400 Bad Request", firstLine(server.raw("nonsense\r\n\r\n")));
    assertEquals("HTTP/1.1 400 Bad Request", firstLine(server.raw("\u0016\u0003\u0001\n\n")));
  }

  @Test
  void endlessHeadersAreRefused() throws Exception {
    String headers = "x: " + "a".repeat(17_000) + "\r\n\r\n";
    assertEquals(
        "HTTP/1.1 431 Request Header Fields Too Large", firstLine(server.raw(REQUEST + headers)));
    assertEquals(
        "HTTP/1.1 414 Request-URI Too Long",
        firstLine(server.raw("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\n\r\n")));
  }

  @Test
  void headersThatComeInPiecesAreReadToTheirEnd() throws Exception {
    try (Socket socket = server.socket()) {
      OutputStream out = socket.getOutputStream();
      // More than one read's worth, so that the connection must go on reading.
      String headers = REQUEST + "x: " + "a".repeat(9_000) + "\r\nconnection: close\r\n\r\n";
      for (byte[] piece :
          new byte[][] {
            headers.substring(0, 2).getBytes(StandardCharsets.US_ASCII),
            headers.substring(2).getBytes(StandardCharsets.US_ASCII)
          }) {
        out.write(piece);
        out.flush();
      }
      String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals("HTTP/1.1 200 OK", firstLine(response));
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws Exception {
    String response =
        server.raw(
            REQUEST
                + "\r\nGET /nope HTTP/1.1\r\nhost: x\r\n\r\n"
                + REQUEST
                + "connection: close\r\n\r\n");
    int first = response.indexOf("200 OK");
    int second = response.indexOf("404 Not Found");
    int third = response.lastIndexOf("200 OK");
    assertTrue(0 <= first && first < second && second < third, response);
  }

  @Test
  void brokenPrefaceIsClosedAsHttp2() throws Exception {
    // The answer is binary: a SETTINGS frame, then GOAWAY with the reason.
    assertTrue(server.raw("PRI nonsense\r\n\r\n").contains("preface"));
  }
}
