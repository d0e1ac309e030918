package dev.tavernmem0.common.kafka;

/** The largest record that the topics take and the clients send and fetch. */
public final class MaxRecordSize {
  /** 16 MiB: a turn with hundreds of long swipes in its {@code raw} line still fits. */
  public static final int BYTES = 16 * 1024 * 1024;

  private MaxRecordSize() {}
}
