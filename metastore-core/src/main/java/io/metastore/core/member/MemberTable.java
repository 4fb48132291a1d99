package io.metastore.core.member;

import com.google.protobuf.InvalidProtocolBufferException;
import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageView;
import io.metastore.core.message.Member;
import io.metastore.core.mvcc.OverlayView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the MEMBER keyspace holds what.
 *
 * <pre>
 *   00 id   → the member
 *   01 id   → nothing      a member that was removed: its id never comes back
 * </pre>
 */
public final class MemberTable {
  private static final byte MEMBER = 0;
  private static final byte REMOVED = 1;
  private static final byte[] NOTHING = {};

  private MemberTable() {}

  /** All members by their ids; empty before the cluster's first entry. */
  public static List<Member> list(StorageView view) {
    List<Member> members = new ArrayList<>();
    KeyRange all = KeyRange.prefix(new byte[] {MEMBER});
    try (Cursor cursor = view.scan(Keyspace.MEMBER, all, ScanDirection.FORWARD)) {
      while (cursor.next()) {
        members.add(decode(cursor.value()));
      }
    }
    return members;
  }

  /** The member of an id. */
  public static Optional<Member> find(StorageView view, long id) {
    return view.get(Keyspace.MEMBER, key(MEMBER, id)).map(MemberTable::decode);
  }

  /** True when a member of this id was removed. */
  public static boolean isRemoved(StorageView view, long id) {
    return view.get(Keyspace.MEMBER, key(REMOVED, id)).isPresent();
  }

  static void put(OverlayView view, Member member) {
    view.put(Keyspace.MEMBER, key(MEMBER, member.getID()), member.toByteArray());
  }

  static void remove(OverlayView view, long id) {
    view.delete(Keyspace.MEMBER, key(MEMBER, id));
    view.put(Keyspace.MEMBER, key(REMOVED, id), NOTHING);
  }

  private static byte[] key(byte kind, long id) {
    return ByteBuffer.allocate(1 + Long.BYTES).put(kind).putLong(id).array();
  }

  private static Member decode(byte[] encoded) {
    try {
      return Member.parseFrom(encoded);
    } catch (InvalidProtocolBufferException e) {
      throw new StorageException("the record of a member is damaged", e);
    }
  }
}
