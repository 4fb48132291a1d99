package io.metastore.junit;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** Which members of a store do not hear which. Not thread-safe. */
final class Divisions {
  private final List<TestMember> members;
  // Members that are stopped cannot be asked for theirs.
  private final Map<String, Long> ids = new TreeMap<>();
  private final Map<TestMember, Set<Long>> ignored = new LinkedHashMap<>();

  /** Takes members that all run, and hear one another. */
  Divisions(List<TestMember> members) {
    this.members = List.copyOf(members);
    for (TestMember member : members) {
      ids.put(member.name(), member.id());
      ignored.put(member, new HashSet<>());
    }
  }

  /** Cuts some members off from the others. */
  void cut(Collection<TestMember> side) {
    if (!members.containsAll(side)) {
      throw new IllegalArgumentException("a member of another store");
    }
    ignored.forEach(
        (member, unheard) -> {
          for (TestMember other : members) {
            if (side.contains(member) != side.contains(other)) {
              unheard.add(Objects.requireNonNull(ids.get(other.name())));
            }
          }
        });
    apply();
  }

  /** Lets all hear all. */
  void heal() {
    ignored.values().forEach(Set::clear);
    apply();
  }

  private void apply() {
    ignored.forEach((member, unheard) -> member.ignore(Set.copyOf(unheard)));
  }
}
