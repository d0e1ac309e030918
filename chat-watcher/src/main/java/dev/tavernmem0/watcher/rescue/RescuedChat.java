package dev.tavernmem0.watcher.rescue;

import dev.tavernmem0.common.event.Source;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A chat file as the log has it: SillyTavern's form, no newline at its end. Immutable. */
public final class RescuedChat {
  private final RescuedHeader header;
  private final List<RescuedLine> lines;
  private final Source source;
  private final Instant savedAt;
  private final @Nullable Instant deletedAt;

  private RescuedChat(
      RescuedHeader header,
      List<RescuedLine> lines,
      Source source,
      Instant savedAt,
      @Nullable Instant deletedAt) {
    this.header = header;
    this.lines = lines;
    this.source = source;
    this.savedAt = savedAt;
    this.deletedAt = deletedAt;
  }

  static RescuedChat of(ChatFold<RescuedLine> fold) {
    Long deletedMs = fold.deletedMs();
    return new RescuedChat(
        RescuedHeader.of(fold.source().chatId()),
        fold.turns(),
        fold.source(),
        Instant.ofEpochMilli(fold.savedMs()),
        deletedMs == null ? null : Instant.ofEpochMilli(deletedMs));
  }

  /** Name of the file that it was last in. */
  public String fileName() {
    return source.chatFile();
  }

  /** When it was saved as it is here. */
  public Instant savedAt() {
    return savedAt;
  }

  /** When it was gone; null if it was there at that time. */
  public @Nullable Instant deletedAt() {
    return deletedAt;
  }

  public int turns() {
    return lines.size();
  }

  /** How many turns were rebuilt of what they say. */
  public long rebuiltTurns() {
    return lines.stream().filter(RescuedLine::rebuilt).count();
  }

  /** Length of the file in bytes. */
  public long bytes() {
    return header.bytes().length + lines.stream().mapToLong(line -> 1L + line.bytes().length).sum();
  }

  /** Writes the file. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(header.bytes());
    for (RescuedLine line : lines) {
      out.write('\n');
      out.write(line.bytes());
    }
  }
}
