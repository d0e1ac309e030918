package dev.tavernmem0.embedded.kafka;

import java.nio.file.Path;

/** Runs a broker until it is killed. */
final class BrokerChild {
  private BrokerChild() {}

  public static void main(String[] args) throws InterruptedException {
    EmbeddedBroker broker = EmbeddedBroker.start(Path.of(args[0]), 0);
    System.out.println("READY " + broker.bootstrapServers());
    Thread.currentThread().join();
  }
}
