package io.metastore.core.auth;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageException;
import io.metastore.api.storage.StorageView;
import io.metastore.core.message.AuthSwitch;
import io.metastore.core.message.Role;
import io.metastore.core.message.User;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Where the AUTH keyspace holds what.
 *
 * <pre>
 *   00        → whether authentication is on, and the auth revision
 *   01 name   → the user, with the hash of its password
 *   02 name   → the role, with its permissions
 * </pre>
 */
public final class AuthTable {
  static final byte USER = 1;
  static final byte ROLE = 2;
  static final byte[] SWITCH_KEY = {0};

  private AuthTable() {}

  /**
   * Reads all of it.
   *
   * @throws StorageException when a record is damaged
   */
  public static AuthState read(StorageView view) {
    return view.get(Keyspace.AUTH, SWITCH_KEY)
        .map(
            encoded -> {
              AuthSwitch state = decode(AuthSwitch.parser(), encoded);
              return new AuthState(
                  state.getEnabled(),
                  state.getRevision(),
                  all(view, USER, User.parser(), user -> user.getName().toStringUtf8()),
                  all(view, ROLE, Role.parser(), role -> role.getName().toStringUtf8()));
            })
        // Every change is followed by one of the revision.
        .orElseGet(AuthState::none);
  }

  static byte[] key(byte kind, String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    byte[] key = new byte[1 + text.length];
    key[0] = kind;
    System.arraycopy(text, 0, key, 1, text.length);
    return key;
  }

  private static <T> SortedMap<String, T> all(
      StorageView view, byte kind, Parser<T> parser, Function<T, String> name) {
    SortedMap<String, T> found = new TreeMap<>();
    KeyRange range = KeyRange.prefix(new byte[] {kind});
    try (Cursor cursor = view.scan(Keyspace.AUTH, range, ScanDirection.FORWARD)) {
      while (cursor.next()) {
        T record = decode(parser, cursor.value());
        found.put(name.apply(record), record);
      }
    }
    return found;
  }

  private static <T> T decode(Parser<T> parser, byte[] encoded) {
    try {
      return parser.parseFrom(encoded);
    } catch (InvalidProtocolBufferException e) {
      throw new StorageException("a record of users and roles is damaged", e);
    }
  }
}
