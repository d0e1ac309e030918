package dev.tavernmem0.cli.run;

import java.util.concurrent.CountDownLatch;

/** Stops the pipeline once, whoever asks for it first; the others wait for that. Thread-safe. */
final class Stop implements Runnable {
  private final Pipeline pipeline;
  private final Progress progress;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  Stop(Pipeline pipeline, Progress progress) {
    this.pipeline = pipeline;
    this.progress = progress;
  }

  /** Stops, and returns when everything has stopped. */
  @Override
  public synchronized void run() {
    if (begun()) {
      return;
    }
    begun.countDown();
    progress.say("stopping");
    pipeline.close();
    progress.say("stopped; the next start goes on from here");
    ended.countDown();
  }

  boolean begun() {
    return begun.getCount() == 0;
  }

  /** Open until the stop begins. */
  CountDownLatch latch() {
    return begun;
  }

  void awaitEnd() throws InterruptedException {
    ended.await();
  }
}
