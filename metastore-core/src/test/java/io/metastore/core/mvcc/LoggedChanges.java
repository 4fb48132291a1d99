package io.metastore.core.mvcc;

import io.metastore.api.storage.Cursor;
import io.metastore.api.storage.KeyRange;
import io.metastore.api.storage.Keyspace;
import io.metastore.api.storage.ScanDirection;
import io.metastore.api.storage.StorageView;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the LOG keyspace says, in whatever pages. */
public final class LoggedChanges {
  private LoggedChanges() {}

  /** One line for each change: {@code 2.0 put a}, {@code 3.0 delete a over 2.0}. */
  public static List<String> of(StorageView view) {
    List<String> lines = new ArrayList<>();
    try (Cursor pages = view.scan(Keyspace.LOG, KeyRange.all(), ScanDirection.FORWARD)) {
      while (pages.next()) {
        LogPage.decode(pages.value()).forEach(entry -> lines.add(line(entry)));
      }
    }
    return lines;
  }

  private static String line(LogEntry entry) {
    return text(entry.revision())
        + (entry.delete() ? " delete " : " put ")
        + new String(entry.key(), StandardCharsets.UTF_8)
        + entry.replaced().map(version -> " over " + text(version)).orElse("");
  }

  private static String text(Revision revision) {
    return revision.main() + "." + revision.sub();
  }
}
