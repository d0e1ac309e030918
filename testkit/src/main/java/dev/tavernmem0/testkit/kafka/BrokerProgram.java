package dev.tavernmem0.testkit.kafka;

/** A broker that can be killed and launched again on the same address and data. */
interface BrokerProgram {
  /** What clients put into {@code bootstrap.servers}; the same after a restart. */
  String bootstrapServers();

  /** Starts it, for the first time or again; it may not answer yet. */
  void launch();

  boolean isAlive();

  /** Ends it as {@code kill -9} does; returns when it has ended. */
  void kill();

  /** Asks it to shut down cleanly; returns when it has ended. */
  void stop();

  /** Has it do nothing, as {@code kill -STOP} does. */
  void freeze();

  /** Has it go on after {@link #freeze()}. */
  void thaw();

  /** Ends it if it runs, and takes away what is of no use without it; may be called again. */
  void remove();

  /** What it has written so far. */
  String output();
}
