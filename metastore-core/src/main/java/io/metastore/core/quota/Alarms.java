package io.metastore.core.quota;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import io.metastore.core.message.AlarmMember;
import io.metastore.core.message.AlarmRequest;
import io.metastore.core.message.AlarmResponse;
import io.metastore.core.message.AlarmType;
import io.metastore.core.message.ResponseHeader;
import io.metastore.core.mvcc.MvccWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The alarms that members have raised. The ALARM keyspace holds one record for each, with an empty
 * value, under the type's number and the member's id; they are listed in that order. A type that
 * this release does not know can be raised and disarmed, and forbids nothing.
 *
 * <p>Source: etcd {@code server/etcdserver/api/v3alarm/alarms.go}.
 */
public final class Alarms {
  private static final byte[] RECORD = {};

  private Alarms() {}

  /**
   * Lists alarms.
   *
   * @param type the type to list, {@code NONE} for all
   */
  public static List<AlarmMember> list(StorageView view, AlarmType type) {
    KeyRange range =
        type == AlarmType.NONE
            ? KeyRange.all()
            : KeyRange.prefix(ByteBuffer.allocate(Integer.BYTES).putInt(number(type)).array());
    List<AlarmMember> found = new ArrayList<>();
    try (Cursor cursor = view.scan(Keyspace.ALARM, range, ScanDirection.FORWARD)) {
      while (cursor.next()) {
        ByteBuffer key = ByteBuffer.wrap(cursor.key());
        found.add(
            AlarmMember.newBuilder()
                .setAlarmValue(key.getInt())
                .setMemberID(key.getLong())
                .build());
      }
    }
    return found;
  }

  /**
   * An alarm as {@code Status} names it: the text form of its message, blank at the end included.
   */
  public static String text(AlarmMember alarm) {
    String type =
        alarm.getAlarm() == AlarmType.UNRECOGNIZED
            ? Integer.toString(alarm.getAlarmValue())
            : alarm.getAlarm().name();
    return "memberID:" + Long.toUnsignedString(alarm.getMemberID()) + " alarm:" + type + " ";
  }

  /** True when a type is among those that are raised. */
  public static boolean raised(int alarms, AlarmType type) {
    return (alarms & 1 << number(type)) != 0;
  }

  private static int number(AlarmType type) {
    return type == AlarmType.UNRECOGNIZED ? 0 : type.getNumber();
  }

  /**
   * Applies a request: raising an alarm that is raised changes nothing, and so does disarming one
   * that is not.
   *
   * @return the alarms that were asked for; the one that was raised, whether before or now; the one
   *     that was disarmed, if it was raised. The header carries the revision alone.
   */
  public static AlarmResponse.Builder apply(MvccWriter writer, AlarmRequest request) {
    AlarmResponse.Builder response =
        AlarmResponse.newBuilder()
            .setHeader(ResponseHeader.newBuilder().setRevision(writer.revision()));
    AlarmMember named =
        AlarmMember.newBuilder()
            .setAlarmValue(request.getAlarmValue())
            .setMemberID(request.getMemberID())
            .build();
    switch (request.getAction()) {
      case GET -> response.addAllAlarms(list(writer.view(), request.getAlarm()));
      case ACTIVATE -> {
        writer.view().put(Keyspace.ALARM, key(named), RECORD);
        response.addAlarms(named);
      }
      case DEACTIVATE -> {
        if (writer.view().get(Keyspace.ALARM, key(named)).isPresent()) {
          writer.view().delete(Keyspace.ALARM, key(named));
          response.addAlarms(named);
        }
      }
      // As in etcd: no alarms, no error.
      case UNRECOGNIZED -> {}
    }
    writer.alarms(mask(writer.view()));
    return response;
  }

  private static byte[] key(AlarmMember alarm) {
    return ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
        .putInt(alarm.getAlarmValue())
        .putLong(alarm.getMemberID())
        .array();
  }

  private static int mask(StorageView view) {
    int mask = 0;
    for (AlarmMember alarm : list(view, AlarmType.NONE)) {
      int number = alarm.getAlarmValue();
      mask |= number > 0 && number < Integer.SIZE ? 1 << number : 0;
    }
    return mask;
  }
}
