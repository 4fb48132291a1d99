package io.metastore.core.mvcc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.metastore.api.storage.StorageException;
import io.metastore.core.message.KeyValue;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * One version of a key, as it is stored in CURRENT and, once overwritten, unchanged in VERSIONS.
 *
 * <p>The encoded form is a flag byte, the figures as varints, the lease when there is one, and the
 * value to the end: 6 bytes before a value in a young store. A tombstone is its flag byte alone.
 *
 * <p>Immutable; it shares the array it was decoded from.
 */
public final class KeyRecord {
  private static final int LEASED = 1;
  private static final byte TOMBSTONE_FLAGS = (byte) 0x80;

  private final byte[] encoded;
  private final int valueOffset;
  private final long createRevision;
  private final Revision modRevision;
  private final long version;
  private final long lease;

  private KeyRecord(
      byte[] encoded,
      int valueOffset,
      long createRevision,
      Revision modRevision,
      long version,
      long lease) {
    this.encoded = encoded;
    this.valueOffset = valueOffset;
    this.createRevision = createRevision;
    this.modRevision = modRevision;
    this.version = version;
    this.lease = lease;
  }

  static KeyRecord of(
      long createRevision, Revision modRevision, long version, long lease, ByteString value) {
    int headerBytes =
        1
            + CodedOutputStream.computeUInt64SizeNoTag(createRevision)
            + CodedOutputStream.computeUInt64SizeNoTag(modRevision.main() - createRevision)
            + CodedOutputStream.computeUInt32SizeNoTag(modRevision.sub())
            + CodedOutputStream.computeUInt64SizeNoTag(version)
            + (lease == 0 ? 0 : Long.BYTES);
    byte[] encoded = new byte[headerBytes + value.size()];
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(encoded, 0, headerBytes);
      out.write((byte) (lease == 0 ? 0 : LEASED));
      out.writeUInt64NoTag(createRevision);
      out.writeUInt64NoTag(modRevision.main() - createRevision);
      out.writeUInt32NoTag(modRevision.sub());
      out.writeUInt64NoTag(version);
      if (lease != 0) {
        out.writeFixed64NoTag(lease);
      }
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("an array of the computed size was too small", e);
    }
    value.copyTo(encoded, headerBytes);
    return new KeyRecord(encoded, headerBytes, createRevision, modRevision, version, lease);
  }

  /** Reads a record that is not a tombstone; the array is kept. */
  static KeyRecord decode(byte[] encoded) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(encoded);
      int flags = in.readRawByte();
      if ((flags & ~LEASED) != 0) {
        throw new StorageException(damaged(encoded));
      }
      long create = in.readUInt64();
      long mod = create + in.readUInt64();
      Revision modRevision = new Revision(mod, in.readUInt32());
      long version = in.readUInt64();
      long lease = (flags & LEASED) == 0 ? 0 : in.readFixed64();
      return new KeyRecord(encoded, in.getTotalBytesRead(), create, modRevision, version, lease);
    } catch (IOException e) {
      throw new StorageException(damaged(encoded), e);
    }
  }

  private static String damaged(byte[] encoded) {
    return "a stored record of " + encoded.length + " bytes is damaged";
  }

  /** What VERSIONS holds at the revision of a delete. */
  static byte[] tombstone() {
    return new byte[] {TOMBSTONE_FLAGS};
  }

  static boolean isTombstone(byte[] encoded) {
    return encoded.length == 1 && encoded[0] == TOMBSTONE_FLAGS;
  }

  /** The stored form; nobody may change it. */
  byte[] encoded() {
    return encoded;
  }

  long createRevision() {
    return createRevision;
  }

  Revision modRevision() {
    return modRevision;
  }

  long version() {
    return version;
  }

  long lease() {
    return lease;
  }

  ByteString value() {
    return UnsafeByteOperations.unsafeWrap(encoded, valueOffset, encoded.length - valueOffset);
  }

  /** The record as clients see it. */
  KeyValue toKeyValue(ByteString key) {
    return figures(key).setValue(value()).setLease(lease).build();
  }

  /**
   * The record as clients see it when they ask for keys only: without value and lease, as in etcd.
   */
  KeyValue toKeyOnly(ByteString key) {
    return figures(key).build();
  }

  private KeyValue.Builder figures(ByteString key) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setCreateRevision(createRevision)
        .setModRevision(modRevision.main())
        .setVersion(version);
  }
}
