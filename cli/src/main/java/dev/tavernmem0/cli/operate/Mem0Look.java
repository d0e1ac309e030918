package dev.tavernmem0.cli.operate;

import dev.tavernmem0.common.json.Json;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How mem0 is, as writer and retriever have found it; it is not asked itself. A target's is known
 * to its writer only.
 *
 * @param state of it
 * @param why it is so, as the services call it; null if there is nothing to say
 */
record Mem0Look(State state, @Nullable String why) {
  private static final Set<String> PAUSES = Set.of("unavailable", "auth", "provider");

  /** What is known of it. */
  enum State {
    UP,
    DOWN,
    /** Switched off. */
    OFF,
    /** Nobody who could say so answers. */
    UNKNOWN
  }

  static Mem0Look of(PartLook writer, @Nullable PartLook retriever) {
    String pausedBy = writer.status().path("paused_by").asString("");
    JsonNode searched = retriever == null ? Json.MAPPER.missingNode() : retriever.details("mem0");
    if (PAUSES.contains(pausedBy)) {
      return new Mem0Look(State.DOWN, pausedBy);
    }
    if (searched.path("circuit").asString("").equals("OPEN")) {
      return new Mem0Look(State.DOWN, "circuit_open");
    }
    if (pausedBy.equals("disabled") || searched.path("mem0").asString("").equals("disabled")) {
      return new Mem0Look(State.OFF, "disabled");
    }
    if (writer.status().isMissingNode() && searched.isMissingNode()) {
      return new Mem0Look(State.UNKNOWN, null);
    }
    String degraded = searched.path("degraded").asString("no");
    return new Mem0Look(State.UP, degraded.equals("no") ? null : degraded);
  }

  boolean isDown() {
    return state == State.DOWN;
  }

  String title() {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
