package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/** A file could not be read, or is another one than the command takes. */
final class NotReadException extends OperateException {
  private final Path file;

  NotReadException(Path file, String message, String mend) {
    super(ExitCodes.NO, message, mend);
    this.file = file;
  }

  @Override
  ObjectNode json() {
    return Json.MAPPER
        .createObjectNode()
        .put("error", "not-read")
        .put("file", file.toString())
        .put("detail", getMessage());
  }
}
