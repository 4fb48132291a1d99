package io.metastore.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode.Status;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ErrorCodeTest {
  @Test
  void textsAndStatusesAreEtcds() {
    assertEquals("etcdserver: key is not provided", ErrorCode.EMPTY_KEY.text());
    assertEquals(Status.INVALID_ARGUMENT, ErrorCode.EMPTY_KEY.status());
    assertEquals(
        "etcdserver: mvcc: required revision has been compacted", ErrorCode.COMPACTED.text());
    assertEquals(Status.OUT_OF_RANGE, ErrorCode.COMPACTED.status());
    assertEquals("etcdserver: too many requests", ErrorCode.REQUEST_TOO_MANY_REQUESTS.text());
    assertEquals(Status.UNKNOWN, ErrorCode.REQUEST_TOO_MANY_REQUESTS.status());
    assertEquals("etcdserver: no leader", ErrorCode.NO_LEADER.text());
    assertEquals(Status.UNAVAILABLE, ErrorCode.NO_LEADER.status());
  }

  @Test
  void textsAreUnique() {
    Set<String> texts = new HashSet<>();
    for (ErrorCode code : ErrorCode.values()) {
      assertTrue(texts.add(code.text()), code + " has the text of another code");
    }
  }

  @Test
  void statusesHaveTheirNumbersOnTheWire() {
    assertEquals(0, Status.OK.value());
    assertEquals(3, Status.INVALID_ARGUMENT.value());
    assertEquals(11, Status.OUT_OF_RANGE.value());
    assertEquals(14, Status.UNAVAILABLE.value());
    assertEquals(16, Status.UNAUTHENTICATED.value());
    Set<Integer> numbers = new HashSet<>();
    for (Status status : Status.values()) {
      assertTrue(numbers.add(status.value()), status + " has the number of another status");
    }
    assertEquals(17, numbers.size());
  }

  @Test
  void exceptionCarriesCodeAndTextButNoTrace() {
    MetastoreException exception = MetastoreException.of(ErrorCode.NO_SPACE);
    assertEquals(ErrorCode.NO_SPACE, exception.code());
    assertEquals(ErrorCode.NO_SPACE.text(), exception.getMessage());
    assertEquals(0, exception.getStackTrace().length);
  }

  @Test
  void exceptionsSayWhatTheCallerMayDo() {
    assertInstanceOf(RefusedException.class, MetastoreException.of(ErrorCode.COMPACTED));
    assertInstanceOf(UnavailableException.class, MetastoreException.of(ErrorCode.NO_LEADER));
    assertInstanceOf(UnknownOutcomeException.class, MetastoreException.of(ErrorCode.TIMEOUT));
  }

  @Test
  void codesAreFoundByTheirTexts() {
    for (ErrorCode code : ErrorCode.values()) {
      assertEquals(code, ErrorCode.ofText(code.text()));
    }
    assertEquals(ErrorCode.OTHER, ErrorCode.ofText("election: no leader"));
  }
}
