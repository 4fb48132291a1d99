package io.metastore.testkit.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiPredicate;

/**
 * The links between the members of a cluster. A member listens on 127.0.0.1 at a port of its own,
 * and is known to all by its host name and that port. Thread-safe; closing twice is harmless.
 */
public final class MemberNetwork implements AutoCloseable {
  private static final InetAddress LOCAL = address(127, 0, 0, 1);
  private static final String DOMAIN = ".member.test";

  /** An ordered pair: who connects, and to whom. */
  private record Pair(String from, String to) {}

  // In the order of the members; unchanged after construction.
  private final Map<String, Integer> ports;
  private final Map<Pair, Link> links = new LinkedHashMap<>();

  private MemberNetwork(Map<String, Integer> ports) {
    this.ports = new LinkedHashMap<>(ports);
  }

  /**
   * Opens all links, without faults.
   *
   * @param ports the members and where each listens on 127.0.0.1
   * @throws IOException when a link's address cannot be listened on
   */
  public static MemberNetwork open(Map<String, Integer> ports) throws IOException {
    MemberNetwork network = new MemberNetwork(ports);
    try {
      for (String from : network.ports.keySet()) {
        for (Map.Entry<String, Integer> to : network.ports.entrySet()) {
          if (!to.getKey().equals(from)) {
            network.links.put(
                new Pair(from, to.getKey()),
                Link.open(
                    new InetSocketAddress(network.address(from, to.getKey()), to.getValue()),
                    new InetSocketAddress(LOCAL, to.getValue())));
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      network.close();
      throw e;
    }
    return network;
  }

  /** Where a member finds another: at an address of its own row, or at home. */
  private InetAddress address(String from, String to) {
    List<String> members = new ArrayList<>(ports.keySet());
    return from.equals(to)
        ? LOCAL
        : address(127, 88, 1 + members.indexOf(from), 1 + members.indexOf(to));
  }

  private static InetAddress address(int... parts) {
    byte[] bytes = new byte[parts.length];
    for (int i = 0; i < parts.length; i++) {
      bytes[i] = (byte) parts[i];
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  /** What all members are told of one: host name and port. */
  public String authority(String member) {
    return member + DOMAIN + ":" + Objects.requireNonNull(ports.get(member), member);
  }

  /** A hosts file for a member: its own links under the others' names. */
  public String hosts(String member) {
    StringBuilder lines = new StringBuilder("127.0.0.1 localhost\n");
    for (String other : ports.keySet()) {
      lines
          .append(address(member, other).getHostAddress())
          .append(' ')
          .append(other)
          .append(DOMAIN)
          .append('\n');
    }
    return lines.toString();
  }

  /** The link from a member to another. */
  public Link link(String from, String to) {
    return Objects.requireNonNull(links.get(new Pair(from, to)), () -> from + " to " + to);
  }

  /** Gives every link between two groups of members a fault, in both directions. */
  public void between(Collection<String> some, Collection<String> others, Fault fault) {
    set((from, to) -> some.contains(from) && others.contains(to), fault);
    set((from, to) -> others.contains(from) && some.contains(to), fault);
  }

  /** Gives every link of a member, to it and from it, a fault. */
  public void around(String member, Fault fault) {
    set((from, to) -> from.equals(member) || to.equals(member), fault);
  }

  /** Gives every link a fault. */
  public void everywhere(Fault fault) {
    set((from, to) -> true, fault);
  }

  /** Ends all faults. */
  public void heal() {
    everywhere(new Fault.None());
  }

  private void set(BiPredicate<String, String> which, Fault fault) {
    links.forEach(
        (pair, link) -> {
          if (which.test(pair.from(), pair.to())) {
            link.set(fault);
          }
        });
  }

  @Override
  public void close() {
    links.values().forEach(Link::close);
  }
}
