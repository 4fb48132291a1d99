package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.core.message.KeyValue;
import io.metastore.core.message.RangeRequest;
import io.metastore.core.message.RangeResponse;
import io.metastore.core.message.ResponseHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pages of a range, from a store that is a list of sizes. */
final class PagedKeysTest {
  private static final long REVISION = 7;

  private final List<Integer> sizes = new ArrayList<>();
  private final List<Long> asked = new ArrayList<>();
  private long largestAnswer;

  private CompletableFuture<RangeResponse> answer(RangeRequest request, int answerBytesMax) {
    asked.add(request.getLimit());
    assertTrue(asked.size() == 1 || request.getRevision() == REVISION, "another revision");
    RangeResponse.Builder response =
        RangeResponse.newBuilder().setHeader(ResponseHeader.newBuilder().setRevision(REVISION));
    long bytes = 0;
    for (int i = 0; i < sizes.size(); i++) {
      ByteString key = key(i);
      if (ByteString.unsignedLexicographicalComparator().compare(key, request.getKey()) >= 0) {
        if (response.getKvsCount() == request.getLimit()) {
          response.setMore(true);
          break;
        }
        KeyValue kv =
            KeyValue.newBuilder()
                .setKey(key)
                .setValue(ByteString.copyFrom(new byte[sizes.get(i)]))
                .build();
        bytes += kv.getSerializedSize();
        response.addKvs(kv);
      }
      if (bytes > answerBytesMax) {
        return CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.REQUEST_TOO_LARGE));
      }
    }
    largestAnswer = Math.max(largestAnswer, bytes);
    return CompletableFuture.completedFuture(response.build());
  }

  private static ByteString key(int i) {
    return ByteString.copyFromUtf8("k%06d".formatted(i));
  }

  private List<ByteString> read(long limit) {
    asked.clear();
    PagedKeys keys =
        new PagedKeys(
            this::answer,
            RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k"))
                .setRangeEnd(ByteString.copyFromUtf8("l"))
                .setLimit(limit)
                .build());
    List<ByteString> read = new ArrayList<>();
    RangeResponse piece;
    do {
      piece = keys.next().join().getRangeResponse();
      piece.getKvsList().forEach(kv -> read.add(kv.getKey()));
    } while (!piece.hasHeader());
    return read;
  }

  private static List<ByteString> keys(int count) {
    return IntStream.range(0, count).mapToObj(PagedKeysTest::key).toList();
  }

  @Test
  void pagesBeginSmallAndAtMostDouble() {
    IntStream.range(0, 5000).forEach(i -> sizes.add(0));
    assertEquals(keys(5000), read(0));
    assertEquals(PagedKeys.KEYS_FIRST, asked.getFirst());
    for (int i = 1; i < asked.size(); i++) {
      assertTrue(asked.get(i) <= 2 * asked.get(i - 1), "grew too fast: " + asked);
    }
    assertTrue(asked.contains((long) PagedKeys.KEYS_MAX), "never grew: " + asked);
  }

  @Test
  void largeValuesBehindManySmallOnesAreReadInBoundedPieces() {
    IntStream.range(0, 2000).forEach(i -> sizes.add(0));
    IntStream.range(0, 100).forEach(i -> sizes.add(500_000));
    assertEquals(keys(2100), read(0));
    assertTrue(largestAnswer <= PagedKeys.ANSWER_BYTES_MAX, "an answer of " + largestAnswer);
  }

  @Test
  void oneEntryIsReadWhateverItsSize() {
    IntStream.range(0, 20).forEach(i -> sizes.add(0));
    sizes.add(PagedKeys.ANSWER_BYTES_MAX + 1);
    sizes.add(0);
    assertEquals(keys(22), read(0));
  }

  @Test
  void limitIsOfAllPagesTogether() {
    IntStream.range(0, 100).forEach(i -> sizes.add(0));
    assertEquals(keys(40), read(40));
    assertEquals(keys(16), read(16));
    sizes.clear();
    assertEquals(List.of(), read(0));
  }

  @Test
  void otherRefusalsEndIt() {
    PagedKeys keys =
        new PagedKeys(
            (request, max) ->
                CompletableFuture.failedFuture(MetastoreException.of(ErrorCode.COMPACTED)),
            RangeRequest.getDefaultInstance());
    CompletionException refused = assertThrows(CompletionException.class, () -> keys.next().join());
    assertEquals(
        MetastoreException.of(ErrorCode.COMPACTED).toString(), String.valueOf(refused.getCause()));
  }
}
