package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A service said no, with an RFC 9457 problem. */
public final class RefusedException extends OperateException {
  private static final String TYPE = "urn:tavern-mem0:problem:";
  private static final int UNAUTHORIZED = 401;

  private final Endpoint endpoint;
  private final transient JsonNode problem;

  private RefusedException(
      Endpoint endpoint, JsonNode problem, String message, @Nullable String mend) {
    super(ExitCodes.NO, message, mend);
    this.endpoint = endpoint;
    this.problem = problem;
  }

  static RefusedException of(Endpoint endpoint, JsonNode problem, Messages messages) {
    String message =
        messages.text(
            "refused",
            messages.text("part." + endpoint.part().title()),
            problem.path("title").asString(""),
            problem.path("detail").asString(""));
    return new RefusedException(endpoint, problem, message, mend(endpoint, problem, messages));
  }

  /** Whether an answer is a problem of our services: of what has no such path, it is not. */
  static boolean isProblem(JsonNode answer) {
    return answer.path("type").asString("").startsWith(TYPE);
  }

  /** What commands can do is said here; what they cannot, by the service. */
  private static @Nullable String mend(Endpoint endpoint, JsonNode problem, Messages messages) {
    if (isForTheKey(problem)) {
      String setting = endpoint.part() == Part.RETRIEVER ? Settings.RETRIEVER_KEY : Settings.KEY;
      Setting key = endpoint.key();
      return key == null
          ? messages.text("mend.no-key", Settings.variable(setting), setting)
          : messages.text("mend.wrong-key", key.from());
    }
    String type = problem.path("type").asString("").replace(TYPE, "");
    for (String own : List.of("mend." + endpoint.part().title() + "." + type, "mend." + type)) {
      if (messages.has(own)) {
        return messages.text(own);
      }
    }
    String fix = problem.path("fix").asString("");
    return problem.path("detail").asString("").contains(fix) ? null : fix;
  }

  /** Whether the key is missing, or another one. */
  public boolean isForTheKey() {
    return isForTheKey(problem);
  }

  private static boolean isForTheKey(JsonNode problem) {
    return problem.path("status").asInt() == UNAUTHORIZED;
  }

  /** The problem, as the service told it. */
  public JsonNode problem() {
    return problem;
  }

  @Override
  ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("error", "refused");
    json.put("part", endpoint.part().title());
    json.set("problem", problem);
    return json;
  }
}
