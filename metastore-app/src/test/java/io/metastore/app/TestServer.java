package io.metastore.app;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.metastore.app.config.ServerConfig;
import io.metastore.testkit.network.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A server over a fake node on ports of its own, with clients to it. */
public final class TestServer implements AutoCloseable {

  private final FakeNode node = new FakeNode();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final Server server;
  private final int port;

  /** Starts it. */
  public TestServer() throws Exception {
    port = FreePorts.next();
    server = Server.start(config(port, FreePorts.next()), new FakeEngine("fake"), options -> node);
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
    return http(port, method, path);
  }

  /** The same, of any server of this machine. */
  static Answer http(int port, String method, String path) throws IOException {
    String response =
        raw(port, method + " " + path + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    int end = response.indexOf("\r\n\r\n");
    return new Answer(Integer.parseInt(response.substring(9, 12)), response.substring(end + 4));
  }

  /** A plain connection, whose reads end after five seconds. */
  public Socket socket() throws IOException {
    return socket(port);
  }

  private static Socket socket(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(5000);
    return socket;
  }

  /** Sends bytes and reads until the server closes the connection. */
  public String raw(String bytes) throws IOException {
    return raw(port, bytes);
  }

  private static String raw(int port, String bytes) throws IOException {
    try (Socket socket = socket(port)) {
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
