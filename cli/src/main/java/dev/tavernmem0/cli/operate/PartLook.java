package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a look at one service has found.
 *
 * @param endpoint where it was looked for
 * @param health as its actuator tells it; missing if it does not answer
 * @param status as it tells it itself; missing if it does not, or has none
 * @param failure why something is missing; null if nothing is
 */
public record PartLook(
    Endpoint endpoint, JsonNode health, JsonNode status, @Nullable OperateException failure) {
  private static final String UP = "UP";

  public static PartLook at(ServiceClient service) {
    JsonNode none = Json.MAPPER.missingNode();
    JsonNode health;
    try {
      health = service.health();
    } catch (OperateException e) {
      return new PartLook(service.endpoint(), none, none, e);
    }
    if (service.endpoint().part() == Part.RETRIEVER) {
      return new PartLook(service.endpoint(), health, none, null);
    }
    try {
      JsonNode status = service.get(RequestPath.of("/v1/status"));
      return new PartLook(service.endpoint(), health, status, null);
    } catch (OperateException e) {
      return new PartLook(service.endpoint(), health, none, e);
    }
  }

  public boolean isReachable() {
    return !(failure instanceof NotReachableException);
  }

  public boolean isWell() {
    return failure == null && health.path("status").asString("").equals(UP);
  }

  /** What its actuator tells of one component. */
  public JsonNode details(String component) {
    return health.path("components").path(component).path("details");
  }

  ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("url", endpoint.url().toString());
    json.put("well", isWell());
    json.set("health", orNull(health));
    json.set("status", orNull(status));
    json.set("failure", failure == null ? Json.MAPPER.nullNode() : failure.json());
    return json;
  }

  private static JsonNode orNull(JsonNode node) {
    return node.isMissingNode() ? Json.MAPPER.nullNode() : node;
  }
}
