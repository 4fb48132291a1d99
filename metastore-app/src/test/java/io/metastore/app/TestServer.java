package io.metastore.app;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.metastore.app.config.ServerConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** A server over a fake node on ports of its own, with clients to it. */
public final class TestServer implements AutoCloseable {
  private static final int PORT_MIN = 10_000;
  private static final int PORT_MAX = 32_000;

  private final FakeNode node = new FakeNode();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final Server server;
  private final int port;

  /** Starts it. */
  public TestServer() throws Exception {
    port = freePort();
    server = Server.start(config(port, freePort()), new FakeEngine("fake"), options -> node);
  }

  /** Settings with these ports and no others. */
  static ServerConfig config(int clientPort, int peerPort) throws Exception {
    return ServerConfig.of(
        Map.of(
            "listen-client-urls", List.of("http://127.0.0.1:" + clientPort),
            "listen-peer-urls", List.of("http://127.0.0.1:" + peerPort),
            "max-request-bytes", List.of("4096")),
        Map.of());
  }

  /**
   * A port that nobody uses at this moment, below those that the system gives to clients'
   * connections: one of theirs could be taken before the server that is to have it starts.
   */
  public static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (BindException e) {
        // Somebody has it: the next one, then.
      }
    }
  }

  /** The node behind it. */
  public FakeNode node() {
    return node;
  }

  /** The server. */
  public Server server() {
    return server;
  }

  /** A gRPC connection to it. */
  public ManagedChannel channel() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  /** An answer over HTTP/1.1. */
  public record Answer(int status, String body) {}

  /** Sends a request over HTTP/1.1, on a connection of its own. */
  public Answer http(String method, String path) throws IOException {
    String response =
        raw(method + " " + path + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    int end = response.indexOf("\r\n\r\n");
    return new Answer(Integer.parseInt(response.substring(9, 12)), response.substring(end + 4));
  }

  /** A plain connection, whose reads end after five seconds. */
  public Socket socket() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(5000);
    return socket;
  }

  /** Sends bytes and reads until the server closes the connection. */
  public String raw(String bytes) throws IOException {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.close();
  }
}
