package io.metastore.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import io.metastore.api.RefusedException;
import io.metastore.api.UnavailableException;
import io.metastore.api.UnknownOutcomeException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a status means. */
final class FailuresTest {
  @Test
  void faultOfTheServerMayHaveDoneTheRequestIfThatWasSent() {
    for (Status status : List.of(Status.INTERNAL, Status.UNKNOWN, Status.DATA_LOSS)) {
      Status failure = status.withDescription("storage failure, see the server's log");
      MetastoreException sent = Failures.of(failure, true);
      assertInstanceOf(UnknownOutcomeException.class, sent);
      assertEquals(ErrorCode.OTHER, sent.code());
      assertEquals("storage failure, see the server's log", sent.getMessage());
      assertInstanceOf(UnavailableException.class, Failures.of(failure, false));
    }
  }

  @Test
  void callThatBeganWhileTheConnectionBrokeMayBeMadeAgain() {
    Status closed =
        Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException());
    for (Status lost : List.of(Status.UNAVAILABLE.withDescription("io exception"), closed)) {
      assertTrue(Failures.isConnectionLost(lost) && Failures.passes(lost), lost::toString);
      MetastoreException sent = Failures.of(lost, true);
      assertInstanceOf(UnknownOutcomeException.class, sent);
      assertEquals(ErrorCode.TIMEOUT_DUE_TO_CONNECTION_LOST, sent.code());
      assertInstanceOf(UnavailableException.class, Failures.of(lost, false));
    }
    assertFalse(Failures.isConnectionLost(Status.UNKNOWN.withDescription("channel closed")));
  }

  @Test
  void refusalsOfEtcdAreRefusals() {
    for (ErrorCode code : List.of(ErrorCode.CORRUPT, ErrorCode.PASSWORD_TOO_LONG)) {
      Status status = Status.fromCodeValue(code.status().value()).withDescription(code.text());
      assertInstanceOf(RefusedException.class, Failures.of(status, true));
    }
    assertInstanceOf(
        RefusedException.class,
        Failures.of(Status.UNIMPLEMENTED.withDescription("unknown method"), true));
  }
}
