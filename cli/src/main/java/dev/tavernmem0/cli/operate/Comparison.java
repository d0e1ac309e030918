package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import tools.jackson.databind.JsonNode;

/**
 * A comparison that a service makes for all who ask for it meanwhile: it goes on when this command
 * has ended, and the next one joins it.
 */
final class Comparison {
  private static final RequestPath PATH = RequestPath.of("/v1/comparison");
  private static final String RUNNING = "running";
  private static final String COMPLETED = "completed";

  private final ServiceClient service;
  private final Messages messages;
  private JsonNode status;

  private Comparison(ServiceClient service, Messages messages, JsonNode status) {
    this.service = service;
    this.messages = messages;
    this.status = status;
  }

  /** Begins it, or joins it. */
  static Comparison begin(ServiceClient service, Messages messages) {
    return new Comparison(service, messages, service.post(PATH));
  }

  /** What it finds; an object with {@link Finding#FAILURE} if it fails. */
  JsonNode result(ProgressLine progress) {
    do {
      status = service.get(PATH);
      progress.show(
          status.path("records_read").asLong(0),
          status.path("records").asLong(0),
          messages.text("verify.since", Screen.time(status.path("started_at"))));
    } while (status.path("state").asString("").equals(RUNNING) && progress.waited());
    if (status.path("state").asString("").equals(COMPLETED)) {
      return status.path("differences");
    }
    JsonNode failure = status.path(Finding.FAILURE);
    // It is in the memory of the service, which was started anew.
    return Json.MAPPER
        .createObjectNode()
        .put(
            Finding.FAILURE,
            failure.isString() ? failure.asString("") : messages.text("verify.lost"));
  }
}
