package dev.tavernmem0.bench;

import dev.tavernmem0.writer.WriterApplication;

/** The writer, which does not outlive the benchmark that started it. */
public final class WriterProcessMain {
  private WriterProcessMain() {}

  /** Takes what the writer takes. */
  public static void main(String[] args) {
    EndsWithParent.watch();
    WriterApplication.main(args);
  }
}
