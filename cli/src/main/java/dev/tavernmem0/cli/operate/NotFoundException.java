package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import tools.jackson.databind.node.ObjectNode;

/** What a command was told to look for is not among what the services know. */
final class NotFoundException extends OperateException {
  NotFoundException(String message, String mend) {
    super(ExitCodes.NO, message, mend);
  }

  @Override
  ObjectNode json() {
    return Json.MAPPER.createObjectNode().put("error", "not-found").put("detail", getMessage());
  }
}
