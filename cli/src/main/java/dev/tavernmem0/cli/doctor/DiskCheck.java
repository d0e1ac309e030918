package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.Messages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether there is room where {@code run} keeps the event log and the memories. */
final class DiskCheck implements Check {
  private static final String SUBJECT = "disk";
  private static final long MEGABYTE = 1024 * 1024;

  private final Path data;
  private final long least;
  private final long enough;
  private final Messages messages;

  /**
   * @param data the data directory of {@code run}
   * @param least bytes without which {@code run} does not start
   * @param enough bytes that last for a while
   */
  DiskCheck(Path data, long least, long enough, Messages messages) {
    this.data = data;
    this.least = least;
    this.enough = enough;
    this.messages = messages;
  }

  @Override
  public List<Finding> findings() {
    return List.of(finding());
  }

  private Finding finding() {
    if (!Files.isDirectory(data)) {
      return Finding.notChecked(
          SUBJECT,
          messages.text("doctor.no-data", data),
          messages.text("doctor.disk.elsewhere.mend"));
    }
    try {
      long free = Files.getFileStore(data).getUsableSpace();
      String text = messages.text("doctor.disk.free", free / MEGABYTE, data);
      if (free >= enough) {
        return Finding.ok(SUBJECT, text);
      }
      String mend = messages.text("doctor.disk.mend");
      return free < least
          ? Finding.problem(SUBJECT, text, mend)
          : Finding.warning(SUBJECT, text, mend);
    } catch (IOException e) {
      return Finding.notChecked(SUBJECT, messages.text("doctor.unreadable", data), null);
    }
  }
}
