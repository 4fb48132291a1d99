package io.metastore.testkit.model;

import java.util.ArrayList;
import java.util.List;

/** The model itself as a subject, with one fault or none. */
final class ModelSubject implements Subject {
  static final Limits LIMITS = new Limits(6, 2);

  /** What is wrong with it. */
  enum Fault {
    NONE,
    CRASH_LOSES_THE_LAST_DRAIN,
    RESTART_LOSES_LEASES,
    SECOND_EVENT_OF_A_REVISION_IS_NOT_TOLD,
    COUNT_STOPS_AT_THE_LIMIT,
    STATE_IS_DAMAGED_OUT_OF_SIGHT
  }

  private final Fault fault;
  private final List<List<Command>> log = new ArrayList<>();
  private Model model = new Model(LIMITS);
  private long told = 1;

  ModelSubject(Fault fault) {
    this.fault = fault;
  }

  @Override
  public List<Answer> write(List<Command> drain) {
    log.add(drain);
    return drain.stream().map(model::execute).toList();
  }

  @Override
  public Answer read(Command command) {
    Answer answer = model.execute(command);
    return fault == Fault.COUNT_STOPS_AT_THE_LIMIT
            && command instanceof Command.Range range
            && answer instanceof Answer.Found found
            && range.limit() > 0
        ? new Answer.Found(
            found.revision(), found.keys(), found.more(), Math.min(found.count(), range.limit()))
        : answer;
  }

  @Override
  public List<KeyEvent> told() {
    List<KeyEvent> events = new ArrayList<>();
    while (told < model.revision()) {
      List<KeyEvent> next = model.events(++told);
      boolean all = fault != Fault.SECOND_EVENT_OF_A_REVISION_IS_NOT_TOLD;
      events.addAll(all ? next : next.subList(0, 1));
    }
    return events;
  }

  @Override
  public void flush() {}

  @Override
  public void crash() {
    if (fault == Fault.CRASH_LOSES_THE_LAST_DRAIN && !log.isEmpty()) {
      log.removeLast();
    }
    replay(false);
  }

  @Override
  public void restart() {
    replay(fault == Fault.RESTART_LOSES_LEASES);
  }

  private void replay(boolean withoutLeases) {
    model = new Model(LIMITS);
    log.stream()
        .flatMap(List::stream)
        .filter(command -> !(withoutLeases && command instanceof Command.Grant))
        .forEach(model::execute);
  }

  @Override
  public void purge(int changesMax) {}

  @Override
  public void verify(Model expected) {
    if (fault == Fault.STATE_IS_DAMAGED_OUT_OF_SIGHT && expected.revision() > 20) {
      throw new AssertionError("damaged");
    }
  }

  @Override
  public void close() {}
}
