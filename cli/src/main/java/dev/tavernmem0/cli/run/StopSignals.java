package dev.tavernmem0.cli.run;

import java.util.List;
import sun.misc.Signal;

/**
 * Ctrl-C, a closed terminal and {@code kill} as calls. The JVM's own answer to them, shutdown
 * hooks, would come too late: they all run at once, ONNX Runtime's among them, which ends it while
 * texts are being embedded and crashes the process.
 */
final class StopSignals {
  private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

  private StopSignals() {}

  /** What is done on a signal. */
  interface Handler {
    /**
     * Called in a thread of its own, for every signal anew.
     *
     * @param exitStatus what a program that ends because of the signal returns
     */
    void stop(int exitStatus);
  }

  /** Hands signals to a handler from now on. Where that cannot be, the JVM answers them as ever. */
  static void handle(Handler handler) {
    for (String name : NAMES) {
      try {
        Signal.handle(new Signal(name), signal -> handler.stop(128 + signal.getNumber()));
      } catch (IllegalArgumentException e) {
        // Windows has no HUP, and -Xrs leaves signals to others: their hooks run then.
      }
    }
  }
}
