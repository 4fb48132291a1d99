package io.metastore.testkit.model;

import io.metastore.api.ErrorCode;
import io.metastore.testkit.model.Command.Alarm;
import io.metastore.testkit.model.Command.AlarmKind;
import io.metastore.testkit.model.Command.Grant;
import io.metastore.testkit.model.Command.Operation;
import io.metastore.testkit.model.Command.Put;
import io.metastore.testkit.model.Command.Txn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The alarms that are raised, and what they forbid: CORRUPT everything that reads or writes keys,
 * NOSPACE whatever takes room (behaviours 82 and 83 of the contract).
 */
final class Alarms {
  private static final Comparator<Alarm> ORDER =
      Comparator.comparing(Alarm::kind).thenComparing(Alarm::member, Long::compareUnsigned);

  private final List<Alarm> raised = new ArrayList<>();

  List<Alarm> all() {
    return List.copyOf(raised);
  }

  /** Raises an alarm, if it is not. */
  List<Alarm> raise(Alarm alarm) {
    if (!raised.contains(alarm)) {
      raised.add(alarm);
      raised.sort(ORDER);
    }
    return List.of(alarm);
  }

  /** Disarms an alarm, if it is raised. */
  List<Alarm> disarm(Alarm alarm) {
    return raised.remove(alarm) ? List.of(alarm) : List.of();
  }

  /** Refuses a read. */
  void checkRead() {
    Refusal.when(isRaised(AlarmKind.CORRUPT), ErrorCode.CORRUPT);
  }

  /** Refuses a command that changes something else than alarms. */
  void checkWrite(Command command) {
    checkRead();
    Refusal.when(isRaised(AlarmKind.NOSPACE) && takesRoom(command), ErrorCode.NO_SPACE);
  }

  private boolean isRaised(AlarmKind kind) {
    return raised.stream().anyMatch(alarm -> alarm.kind() == kind);
  }

  private static boolean takesRoom(Command command) {
    return switch (command) {
      case Put put -> true;
      case Grant grant -> true;
      case Txn txn -> anyTakesRoom(txn.success()) || anyTakesRoom(txn.failure());
      default -> false;
    };
  }

  private static boolean anyTakesRoom(List<Operation> operations) {
    return operations.stream().anyMatch(Alarms::takesRoom);
  }
}
