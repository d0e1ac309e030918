package dev.tavernmem0.bench;

/** A process that does not outlive the benchmark that started it. */
final class EndsWithParent {
  private EndsWithParent() {}

  /** Call at the beginning of {@code main}. */
  static void watch() {
    var unused =
        ProcessHandle.current()
            .parent()
            .orElseThrow(() -> new IllegalStateException("the benchmark is gone"))
            .onExit()
            .thenRun(() -> Runtime.getRuntime().halt(1));
  }
}
