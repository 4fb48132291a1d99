package io.metastore.raft;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What the file system said, in an operator's words instead of Java's. */
final class FileErrors {
  private FileErrors() {}

  /**
   * One line; most of these exceptions have a file for their message and the rest in their name.
   */
  static String words(IOException e) {
    if (!(e instanceof FileSystemException error)) {
      return e.getMessage() == null ? "input or output failed" : e.getMessage();
    }
    String what =
        switch (error) {
          case AccessDeniedException denied -> "permission denied";
          case NoSuchFileException missing -> "there is no such file or folder";
          case FileAlreadyExistsException exists -> "there is a file of that name";
          case NotDirectoryException file -> "not a folder";
          case FileSystemLoopException loop -> "links go round in a circle";
          default -> error.getReason() == null ? "input or output failed" : error.getReason();
        };
    return error.getFile() == null ? what : error.getFile() + ": " + what;
  }
}
