package dev.tavernmem0.writer.consume;

/**
 * Pauses the writing of all writers of the group on an operator's word, and goes on with it. Throws
 * {@link ChatAccess.UnavailableException} while that cannot be carried out. Thread-safe.
 */
public final class PauseOperation {
  private final TurnConsumer consumer;

  public PauseOperation(TurnConsumer consumer) {
    this.consumer = consumer;
  }

  /** Begins nothing at mem0 any more until {@link #resume}, whoever restarts meanwhile. */
  public WriterStatus pause() {
    return ask(true);
  }

  /** Goes on. */
  public WriterStatus resume() {
    return ask(false);
  }

  private WriterStatus ask(boolean paused) {
    return ChatAccess.await(
        consumer.askForPause(paused), "Kafka has not taken it yet, and may still do so");
  }
}
