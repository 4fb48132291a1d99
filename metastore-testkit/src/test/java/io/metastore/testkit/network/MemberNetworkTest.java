package io.metastore.testkit.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberNetworkTest {
  private static final List<String> MEMBERS = List.of("a", "b", "c");

  private final Map<String, EchoServer> members = new LinkedHashMap<>();
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private MemberNetwork network;

  @BeforeEach
  void open() throws IOException {
    for (String name : MEMBERS) {
      EchoServer member = EchoServer.start();
      members.put(name, member);
      ports.put(name, member.address().getPort());
    }
    network = MemberNetwork.open(ports);
  }

  @AfterEach
  void close() throws IOException {
    network.close();
    for (EchoServer member : members.values()) {
      member.close();
    }
  }

  /** Whether a byte comes back from a member under the name and the address that another knows. */
  private boolean reaches(String from, String to) throws IOException {
    String[] authority = network.authority(to).split(":", -1);
    String address =
        network
            .hosts(from)
            .lines()
            .map(line -> line.split(" ", -1))
            .filter(line -> line[1].equals(authority[0]))
            .map(line -> line[0])
            .findFirst()
            .orElseThrow();
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(
              InetAddress.getByAddress(bytes(address)), Integer.parseInt(authority[1])));
      socket.getOutputStream().write(7);
      return socket.getInputStream().read() == 7;
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] bytes(String address) {
    byte[] bytes = new byte[4];
    String[] parts = Pattern.compile("\\.").split(address, -1);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(parts[i]);
    }
    return bytes;
  }

  private String reached() throws IOException {
    StringBuilder pairs = new StringBuilder();
    for (String from : MEMBERS) {
      for (String to : MEMBERS) {
        pairs.append(reaches(from, to) ? from + to + " " : "");
      }
    }
    return pairs.toString();
  }

  @Test
  void everyMemberReachesEveryMember() throws Exception {
    assertEquals("aa ab ac ba bb bc ca cb cc ", reached());
  }

  @Test
  void oneDirectionIsCutAlone() throws Exception {
    network.link("a", "b").set(new Fault.Cut());
    assertEquals("aa ac ba bb bc ca cb cc ", reached());
  }

  @Test
  void oneMemberIsCutOffAndBack() throws Exception {
    network.around("b", new Fault.Cut());
    assertEquals("aa ac bb ca cc ", reached());
    network.heal();
    assertEquals("aa ab ac ba bb bc ca cb cc ", reached());
  }

  @Test
  void groupsAreCutFromOneAnother() throws Exception {
    network.between(List.of("a"), List.of("b"), new Fault.Cut());
    assertEquals("aa ac bb bc ca cb cc ", reached());
  }
}
