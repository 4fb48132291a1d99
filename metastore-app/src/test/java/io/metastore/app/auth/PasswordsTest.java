package io.metastore.app.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.metastore.api.ErrorCode;
import io.metastore.api.MetastoreException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PasswordsTest {
  private final Passwords passwords = new Passwords(4);

  @AfterEach
  void close() {
    passwords.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Made by Go's bcrypt, which etcd uses. */
  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "'',  1, $2a$04$yMg4PKRreS/MRhFwjg.oEeha9gHW4iLHKErB3hqYYGaY/KII0eEyi",
        "pa,  1, $2a$04$o/UsnOCDxMZjR57CC5XV8uLKkt/ar8RJh3gvyAajU7/Y.NYe15rLW",
        "pässwörd, 1, $2a$04$QzPlvr4vPVhTsfngE8uXM.ZMQsOoozYsHvZ03e7xiY61He7GK4qJu",
        "p,  71, $2a$04$DjQ6RsLtSlTlu.DxfRTS.OTc8fO.b.fuS1kotkyJkYUmdBmbXupoO",
        "p,  72, $2a$04$ECKciO3D4WUZpqpEpX1QR.uJVg.SLbZRnLsu1xxusGe/avNmnbHyO",
      })
  void hashesOfEtcdAreChecked(String password, int times, String hash) {
    assertTrue(passwords.matches(password.repeat(times), bytes(hash)).join());
    assertFalse(passwords.matches("x" + password.repeat(times), bytes(hash)).join());
  }

  @Test
  void hashIsBcryptWithItsCostAndASaltOfItsOwn() {
    String first = passwords.hash("secret").join();
    String text = new String(Base64.getDecoder().decode(first), StandardCharsets.US_ASCII);
    assertTrue(text.matches("\\$2a\\$04\\$.{53}"), text);
    assertTrue(passwords.matches("secret", bytes(text)).join());
    assertFalse(first.equals(passwords.hash("secret").join()));
  }

  @Test
  void whatIsNoHashMatchesNothing() {
    assertFalse(passwords.matches("", new byte[0]).join());
    assertFalse(passwords.matches("x", bytes("x")).join());
  }

  @Test
  void passwordThatWouldBeCutIsRefused() {
    CompletionException thrown =
        assertThrows(CompletionException.class, () -> passwords.hash("ö".repeat(37)).join());
    MetastoreException refused = assertInstanceOf(MetastoreException.class, thrown.getCause());
    assertEquals(ErrorCode.PASSWORD_TOO_LONG, refused.code());
  }
}
