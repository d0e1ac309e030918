package dev.tavernmem0.testkit.mem0;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A response before it is on the wire. */
record Answer(int status, String contentType, byte[] body) {
  static final String JSON = "application/json";

  static Answer ok(@Nullable Object body) {
    return json(200, body);
  }

  static Answer error(int status, Object detail) {
    return json(status, Map.of("detail", detail));
  }

  static Answer of(Fault.Respond fault) {
    return new Answer(
        fault.status(), fault.contentType(), fault.body().getBytes(StandardCharsets.UTF_8));
  }

  private static Answer json(int status, @Nullable Object body) {
    return new Answer(status, JSON, JsonMapper.shared().writeValueAsBytes(body));
  }
}
