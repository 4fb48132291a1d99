package io.metastore.testkit.model;

import io.metastore.testkit.model.Command.Delete;
import io.metastore.testkit.model.Command.Put;
import io.metastore.testkit.model.Command.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The keys while a command changes them: all it does is one revision. */
final class Changes {
  private final Model model;
  private final SortedMap<String, KeyState> keys;
  private final List<KeyEvent> events = new ArrayList<>();

  Changes(Model model) {
    this.model = model;
    this.keys = new TreeMap<>(model.keys(model.revision()));
  }

  /** All live keys. */
  SortedMap<String, KeyState> keys() {
    return keys;
  }

  /** What happened, in order. */
  List<KeyEvent> events() {
    return events;
  }

  /** The revision as the command sees it: a new one as soon as something has changed. */
  long revision() {
    return events.isEmpty() ? model.revision() : next();
  }

  private long next() {
    return model.revision() + 1;
  }

  Answer range(Range range) {
    boolean newest = range.revision() <= 0 || range.revision() == revision();
    return Ranges.of(
        range, newest ? keys.values() : model.keys(range.revision()).values(), revision());
  }

  Answer put(Put put) {
    Optional<KeyState> old = Optional.ofNullable(keys.get(put.key()));
    KeyState written =
        new KeyState(
            put.key(),
            put.ignoreValue() ? old.orElseThrow().value() : put.value(),
            old.map(KeyState::create).orElse(next()),
            next(),
            old.map(KeyState::version).orElse(0L) + 1,
            put.ignoreLease() ? old.orElseThrow().lease() : put.lease());
    keys.put(put.key(), written);
    // A put that begins a life replaces nothing, even when it follows a delete of its own revision.
    boolean create = written.create() == written.mod();
    events.add(KeyEvent.put(written, create ? Optional.empty() : before(put.key())));
    return new Answer.Stored(next(), put.prevKv() ? old : Optional.empty());
  }

  Answer delete(Delete delete) {
    List<KeyState> doomed =
        keys.values().stream().filter(key -> delete.keys().contains(key.key())).toList();
    for (KeyState key : doomed) {
      keys.remove(key.key());
      events.add(KeyEvent.delete(key.key(), next(), before(key.key())));
    }
    return new Answer.Deleted(revision(), doomed.size(), delete.prevKv() ? doomed : List.of());
  }

  /** Watchers are told of the key before this revision, not before this change. */
  private Optional<KeyState> before(String key) {
    return model.find(key, model.revision());
  }
}
