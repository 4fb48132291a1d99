package io.metastore.junit;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which members of a store do not hear which. Not thread-safe. */
final class Divisions {
  private final List<TestMember> members;
  // Members that are stopped cannot be asked for theirs.
  private final Map<String, Long> ids = new TreeMap<>();
  private final Map<TestMember, Set<TestMember>> cut = new LinkedHashMap<>();
  private final Set<TestMember> isolated = new HashSet<>();

  /** Takes members that all run, and hear one another. */
  Divisions(List<TestMember> members) {
    this.members = List.copyOf(members);
    for (TestMember member : members) {
      ids.put(member.name(), member.id());
      cut.put(member, new HashSet<>());
    }
  }

  /** Cuts some members off from the others. */
  void cut(Collection<TestMember> side) {
    checkOurs(side);
    cut.forEach(
        (member, unheard) ->
            members.stream()
                .filter(other -> side.contains(member) != side.contains(other))
                .forEach(unheard::add));
    apply();
  }

  /** Cuts a member off from all others, also from those that are healed later. */
  void isolate(TestMember member) {
    checkOurs(List.of(member));
    isolated.add(member);
    apply();
  }

  /** Lets a member and all that are not isolated hear one another. */
  void heal(TestMember healed) {
    checkOurs(List.of(healed));
    isolated.remove(healed);
    cut.forEach(
        (member, unheard) -> {
          if (member == healed) {
            unheard.clear();
          } else {
            unheard.remove(healed);
          }
        });
    apply();
  }

  /** Lets all hear all. */
  void heal() {
    isolated.clear();
    cut.values().forEach(Set::clear);
    apply();
  }

  private void checkOurs(Collection<TestMember> named) {
    if (!members.containsAll(named)) {
      throw new IllegalArgumentException("a member of another store");
    }
  }

  private void apply() {
    cut.forEach(
        (member, unheard) ->
            member.ignore(
                members.stream()
                    .filter(other -> other != member)
                    .filter(
                        other ->
                            unheard.contains(other)
                                || isolated.contains(other)
                                || isolated.contains(member))
                    .map(other -> Objects.requireNonNull(ids.get(other.name())))
                    .collect(Collectors.toUnmodifiableSet())));
  }
}
