package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.cli.operate.Messages;
import dev.tavernmem0.cli.run.OwnerOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether others on this machine are kept from chats, memories and keys. */
final class PermissionsCheck implements Check {
  private static final String DATA = "private-data";
  private static final String KEYS = "private-keys";

  private final Path data;
  private final List<Path> keys;
  private final Messages messages;

  /**
   * @param data the data directory of {@code run}
   * @param keys files that hold keys
   */
  PermissionsCheck(Path data, List<Path> keys, Messages messages) {
    this.data = data;
    this.keys = List.copyOf(keys);
    this.messages = messages;
  }

  @Override
  public List<Finding> findings() {
    return List.of(data(), keys());
  }

  /** What is below it is as safe as it is: nobody gets past a directory that is not theirs. */
  private Finding data() {
    if (!Files.isDirectory(data)) {
      return Finding.notChecked(DATA, messages.text("doctor.no-data", data), null);
    }
    try {
      return OwnerOnly.isPrivate(data)
          ? Finding.ok(DATA, messages.text("doctor.private.data", data))
          : Finding.problem(
              DATA,
              messages.text("doctor.private.data.open", data),
              messages.text("doctor.private.data.mend", data));
    } catch (IOException e) {
      return Finding.notChecked(DATA, messages.text("doctor.unreadable", data), null);
    }
  }

  private Finding keys() {
    if (keys.isEmpty()) {
      return Finding.ok(KEYS, messages.text("doctor.private.no-keys"));
    }
    List<String> open = new ArrayList<>();
    for (Path file : keys) {
      try {
        if (!OwnerOnly.isPrivate(file)) {
          open.add(file.toString());
        }
      } catch (IOException e) {
        return Finding.notChecked(KEYS, messages.text("doctor.unreadable", file), null);
      }
    }
    return open.isEmpty()
        ? Finding.ok(KEYS, messages.text("doctor.private.keys", keys.size()))
        : Finding.problem(
            KEYS,
            messages.text(
                "doctor.private.keys.open", String.join(messages.text("list.comma"), open)),
            messages.text("doctor.private.keys.mend", "'" + String.join("' '", open) + "'"));
  }
}
