package dev.tavernmem0.embedded.memory.store;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Points in time as mem0 writes them: {@code 2026-01-31T09:00:00.123456+00:00}. */
public final class Timestamps {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx");

  private Timestamps() {}

  public static String now() {
    return OffsetDateTime.now(ZoneOffset.UTC).format(FORMAT);
  }
}
