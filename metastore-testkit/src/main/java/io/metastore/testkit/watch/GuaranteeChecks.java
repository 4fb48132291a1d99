package io.metastore.testkit.watch;

import io.metastore.testkit.model.KeyEvent;
import io.metastore.testkit.watch.RecordedWatch.Part;
import io.metastore.testkit.watch.RecordedWatch.Response;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The checks of {@link WatchGuarantee}. Each looks at its own guarantee alone: a history that
 * breaks one of them in the plainest way breaks no other.
 */
final class GuaranteeChecks {
  private GuaranteeChecks() {}

  static Optional<String> filterable(
      RecordedWatch watch, Part part, boolean last, EventHistory history) {
    return events(part).stream()
        .filter(
            event -> event.revision() < part.from() || !EventHistory.isWanted(watch.asked(), event))
        .findFirst()
        .map(event -> "not asked for from " + part.from() + " on: " + event);
  }

  static Optional<String> ordered(
      RecordedWatch watch, Part part, boolean last, EventHistory history) {
    int before = -1;
    for (KeyEvent event : events(part)) {
      OptionalInt place = history.place(event);
      if (place.isPresent()) {
        if (place.getAsInt() < before) {
          return Optional.of(event + " came behind " + history.at(before));
        }
        before = place.getAsInt();
      }
    }
    return Optional.empty();
  }

  static Optional<String> unique(
      RecordedWatch watch, Part part, boolean last, EventHistory history) {
    Set<Integer> seen = new HashSet<>();
    for (KeyEvent event : events(part)) {
      OptionalInt place = history.place(event);
      if (place.isPresent() && !seen.add(place.getAsInt())) {
        return Optional.of("came twice: " + event);
      }
    }
    return Optional.empty();
  }

  /** What is missing of a revision is {@link #reliable}'s concern. */
  static Optional<String> atomic(
      RecordedWatch watch, Part part, boolean last, EventHistory history) {
    Set<Long> complete = new HashSet<>();
    Set<Long> open = new HashSet<>();
    for (Response response : part.responses()) {
      for (KeyEvent event : response.events()) {
        if (complete.contains(event.revision())) {
          return Optional.of("goes on with a revision of an earlier response: " + event);
        }
        open.add(event.revision());
      }
      if (!response.fragment()) {
        complete.addAll(open);
        open.clear();
      }
    }
    return Optional.empty();
  }

  static Optional<String> bookmarkable(
      RecordedWatch watch, Part part, boolean last, EventHistory history) {
    long bookmark = 0;
    for (Response response : part.responses()) {
      for (KeyEvent event : response.events()) {
        if (event.revision() <= bookmark) {
          return Optional.of("behind a bookmark at " + bookmark + ": " + event);
        }
      }
      if (response.isBookmark()) {
        if (response.revision() < bookmark || response.revision() < part.from() - 1) {
          return Optional.of("a bookmark goes back to " + response.revision());
        }
        bookmark = response.revision();
      }
    }
    return Optional.empty();
  }

  static Optional<String> resumable(
      RecordedWatch watch, Part part, boolean last, EventHistory history) {
    List<KeyEvent> told = events(part);
    if (told.isEmpty()) {
      return Optional.empty();
    }
    List<KeyEvent> wanted = history.wanted(watch.asked(), part.from(), told.getFirst().revision());
    return !wanted.isEmpty() && wanted.getFirst().revision() < told.getFirst().revision()
        ? Optional.of("begins with " + told.getFirst() + " and not with " + wanted.getFirst())
        : Optional.empty();
  }

  /** All that is wanted behind the first event told came, and is what happened. */
  static Optional<String> reliable(
      RecordedWatch watch, Part part, boolean last, EventHistory history) {
    Set<Integer> told = new HashSet<>();
    for (KeyEvent event : events(part)) {
      OptionalInt place = history.place(event);
      if (place.isEmpty() || !history.at(place.getAsInt()).plain().equals(event.plain())) {
        return Optional.of("this never happened: " + event);
      }
      told.add(place.getAsInt());
    }
    return history.wanted(watch.asked(), firstDue(part), lastDue(part, last, history)).stream()
        .filter(event -> !told.contains(history.place(event).orElseThrow()))
        .findFirst()
        .map(event -> "never came: " + event);
  }

  /** Where a stream begins is {@link #resumable}'s concern. */
  private static long firstDue(Part part) {
    List<KeyEvent> told = events(part);
    return told.isEmpty() ? part.from() : told.getFirst().revision();
  }

  /** On a stream that was broken the last revision of which anything is known to be complete. */
  private static long lastDue(Part part, boolean last, EventHistory history) {
    if (last) {
      return history.revision();
    }
    long due = 0;
    for (Response response : part.responses()) {
      if (response.isBookmark()) {
        due = Math.max(due, response.revision());
      } else {
        long newest = response.events().getLast().revision();
        due = Math.max(due, response.fragment() ? newest - 1 : newest);
      }
    }
    return due;
  }

  static Optional<String> prevKv(
      RecordedWatch watch, Part part, boolean last, EventHistory history) {
    for (KeyEvent event : events(part)) {
      OptionalInt place = history.place(event);
      if (place.isPresent()) {
        KeyEvent truth = history.at(place.getAsInt());
        boolean same =
            watch.asked().prevKv()
                ? event.previous().equals(truth.previous())
                    || (event.previous().isEmpty() && history.mayLackPrevious(event))
                : event.previous().isEmpty();
        if (!same) {
          return Optional.of(event + " replaced " + truth.previous());
        }
      }
    }
    return Optional.empty();
  }

  private static List<KeyEvent> events(Part part) {
    return part.responses().stream().flatMap(response -> response.events().stream()).toList();
  }
}
