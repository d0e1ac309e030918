package dev.tavernmem0.embedded.memory;

import java.nio.file.Path;
import java.util.Arrays;

/** Runs a memory server until it is killed. */
final class MemoryChild {
  private MemoryChild() {}

  @SuppressWarnings("resource") // lives as long as the process
  public static void main(String[] args) throws InterruptedException {
    EmbeddedServer server =
        EmbeddedServer.start(Path.of(args[0]), Arrays.copyOfRange(args, 1, args.length));
    System.out.println("READY " + server.url());
    Thread.currentThread().join();
  }
}
