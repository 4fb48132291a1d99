package io.metastore.app.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.metastore.core.message.WatchCreateRequest;
import io.metastore.core.message.WatchRequest;

/**
 * Who watches what. The watched keys are cut into blocks; watcher i watches block i modulo their
 * number, as a key or, of more keys than one, as a range. Idle watchers come after the others and
 * watch a key each that nobody puts.
 *
 * <p>Example: 4 watched keys in blocks of 2, 3 watchers: watchers 0 and 2 see keys 0 and 1, watcher
 * 1 sees keys 2 and 3.
 *
 * @param watchers that get events
 * @param idle that get none
 * @param streams which take turns at the watchers
 * @param watchedKeys keys that are put in turns
 * @param blockKeys keys in a block; divides the watched keys
 */
record WatchPlan(int watchers, int idle, int streams, int watchedKeys, int blockKeys) {
  private static final String PREFIX = "watch/";
  // Behind all digits, so that no block's range holds an idle key.
  private static final String IDLE_PREFIX = PREFIX + "idle/";
  private static final int KEY_BYTES = 16;
  private static final int IDLE_KEY_BYTES = 20;
  private static final int IDLE_SPACE = 100_000_000;

  /** Both kinds of watchers. */
  int all() {
    return watchers + idle;
  }

  int blocks() {
    return watchedKeys / blockKeys;
  }

  /** The block that a watcher which is not idle sees. */
  int blockOf(int watcher) {
    return watcher % blocks();
  }

  /** The block of the key that the n-th put names. */
  int blockOfPut(long n) {
    return (int) (n % watchedKeys) / blockKeys;
  }

  /** How many watchers see a block's puts. */
  int watchersOf(int block) {
    return watchers / blocks() + (block < watchers % blocks() ? 1 : 0);
  }

  /** The keys to put, in turns. */
  Keys keys() {
    return new Keys(PREFIX, KEY_BYTES, watchedKeys, true, 0);
  }

  /** Watchers of a stream; theirs are {@code stream}, {@code stream + streams}, … */
  int watchersOn(int stream) {
    return all() / streams + (stream < all() % streams ? 1 : 0);
  }

  /** The request that creates a stream's i-th watch, with id {@code i + 1}: 0 asks for any. */
  byte[] create(int stream, int i) {
    int watcher = stream + i * streams;
    WatchCreateRequest.Builder create = WatchCreateRequest.newBuilder().setWatchId(i + 1L);
    if (watcher >= watchers) {
      Keys keys = new Keys(IDLE_PREFIX, IDLE_KEY_BYTES, IDLE_SPACE, true, 0);
      create.setKey(UnsafeByteOperations.unsafeWrap(keys.numbered(watcher - watchers)));
    } else {
      long first = (long) blockOf(watcher) * blockKeys;
      create.setKey(UnsafeByteOperations.unsafeWrap(keys().numbered(first)));
      if (blockKeys > 1) {
        ByteString last = UnsafeByteOperations.unsafeWrap(keys().numbered(first + blockKeys - 1));
        create.setRangeEnd(last.concat(ByteString.copyFrom(new byte[1])));
      }
    }
    return WatchRequest.newBuilder().setCreateRequest(create).build().toByteArray();
  }
}
