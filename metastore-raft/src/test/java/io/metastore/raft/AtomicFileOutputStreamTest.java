package io.metastore.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.apache.ratis.util.AtomicFileOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How Ratis writes a member's term and vote: its own class for that loses both on a full disk. */
class AtomicFileOutputStreamTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path folder;

  private void write(String text) throws IOException {
    // As Ratis does, RaftStorageMetadataFileImpl: whatever fails does so while closing.
    try (Writer out =
        new BufferedWriter(
            new OutputStreamWriter(
                new AtomicFileOutputStream(folder.resolve("meta").toFile()),
                StandardCharsets.UTF_8))) {
      out.write(text);
    }
  }

  private boolean temporaryIsLeft() {
    return Files.exists(folder.resolve("meta.tmp"), LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void theFileIsReplaced() throws Exception {
    write("term=1");
    write("term=2");
    assertEquals("term=2", Files.readString(folder.resolve("meta")));
    assertFalse(temporaryIsLeft());
  }

  @Test
  void onAFullDiskTheFileStaysAsItWas() throws Exception {
    assumeTrue(Files.exists(FULL), "needs " + FULL);
    write("term=1");
    Files.createSymbolicLink(folder.resolve("meta.tmp"), FULL);
    assertThrows(IOException.class, () -> write("term=2"));
    assertEquals("term=1", Files.readString(folder.resolve("meta")));
    assertFalse(temporaryIsLeft());
  }

  @Test
  void whatIsAbortedIsNotSeen() throws Exception {
    write("term=1");
    try (AtomicFileOutputStream out = new AtomicFileOutputStream(folder.resolve("meta").toFile())) {
      out.write("term=2".getBytes(StandardCharsets.UTF_8));
      out.abort();
    }
    assertEquals("term=1", Files.readString(folder.resolve("meta")));
    assertFalse(temporaryIsLeft());
  }
}
