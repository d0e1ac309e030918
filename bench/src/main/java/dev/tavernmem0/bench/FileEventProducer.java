package dev.tavernmem0.bench;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Objects;

/**
 * The least that anything can do about a save: wait for the file system's event, then send. Reads
 * nothing.
 */
final class FileEventProducer implements AutoCloseable {
  /** Sends what is to be sent after a save. */
  @FunctionalInterface
  interface Sender {
    void send();
  }

  private final WatchService events;
  private final Thread thread;

  /** Calls {@code sender} whenever {@code file} was renamed into place. */
  FileEventProducer(Path file, Sender sender) throws IOException {
    Path directory = Objects.requireNonNull(file.getParent());
    events = directory.getFileSystem().newWatchService();
    directory.register(events, ENTRY_CREATE);
    thread = new Thread(() -> watch(file.getFileName(), sender), "file-event-producer");
    thread.start();
  }

  private void watch(Path name, Sender sender) {
    try {
      while (true) {
        WatchKey key = events.take();
        for (WatchEvent<?> event : key.pollEvents()) {
          if (name.equals(event.context())) {
            sender.send();
          }
        }
        key.reset();
      }
    } catch (ClosedWatchServiceException e) {
      // Closed by close().
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    events.close();
    thread.join();
  }
}
