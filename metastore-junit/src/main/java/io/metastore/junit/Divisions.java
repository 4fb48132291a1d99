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
  private final Set<TestMember> paused = new HashSet<>();

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

  /** Lets all hear all, except those that are paused. */
  void heal() {
    cut.values().forEach(Set::clear);
    apply();
  }

  /** Lets a member hear nobody, and nobody it, whatever is healed meanwhile. */
  void pause(TestMember member) {
    checkOurs(List.of(member));
    paused.add(member);
    apply();
  }

  /** Ends a pause: what was cut before it still is. */
  void resume(TestMember member) {
    checkOurs(List.of(member));
    paused.remove(member);
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
                                || paused.contains(other)
                                || paused.contains(member))
                    .map(other -> Objects.requireNonNull(ids.get(other.name())))
                    .collect(Collectors.toUnmodifiableSet())));
  }
}
