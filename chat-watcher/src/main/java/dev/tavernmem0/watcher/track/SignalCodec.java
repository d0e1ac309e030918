package dev.tavernmem0.watcher.track;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tavernmem0.common.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Signals to UTF-8 JSON and back, in the form of Debezium's: an id, a type, and data. Thread-safe.
 */
public final class SignalCodec {
  private static final String EXECUTE = "execute-snapshot";
  private static final String PAUSE = "pause-snapshot";
  private static final String RESUME = "resume-snapshot";
  private static final String STOP = "stop-snapshot";

  /** Not one of Debezium's: nothing there is deleted on somebody's word. */
  private static final String DELETE_CHAT = "delete-chat";

  private static final int MAX_SHOWN = 40;

  private record Envelope(
      @Nullable String id,
      @Nullable String type,
      @Nullable JsonNode data,
      @JsonProperty("ts_ms") long tsMs) {}

  /** Which snapshot is meant. */
  private record Reference(@Nullable String snapshotId) {}

  private SignalCodec() {}

  /**
   * Writes a signal.
   *
   * @param nowMs when it is sent
   */
  public static byte[] encode(Signal signal, long nowMs) {
    if (signal instanceof Signal.Execute execute) {
      return encode(execute.id(), EXECUTE, execute.selection(), execute.requestedMs());
    }
    if (signal instanceof Signal.Pause pause) {
      return encode(pause.id(), PAUSE, new Reference(pause.snapshotId()), nowMs);
    }
    if (signal instanceof Signal.Resume resume) {
      return encode(resume.id(), RESUME, new Reference(resume.snapshotId()), nowMs);
    }
    if (signal instanceof Signal.DeleteChat delete) {
      return encode(delete.id(), DELETE_CHAT, delete.chat(), nowMs);
    }
    Signal.Stop stop = (Signal.Stop) signal;
    return encode(stop.id(), STOP, new Reference(stop.snapshotId()), nowMs);
  }

  /**
   * Reads a signal.
   *
   * @throws IllegalArgumentException if it is none, or one of a type that this version does not
   *     know; says which
   */
  public static Signal decode(byte @Nullable [] json) {
    if (json == null) {
      throw new IllegalArgumentException("it is empty");
    }
    try {
      return decode(Json.MAPPER.readValue(json, Envelope.class));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("it is no JSON object with id, type and data", e);
    }
  }

  private static Signal decode(@Nullable Envelope envelope) {
    if (envelope == null || envelope.id() == null || envelope.type() == null) {
      throw new IllegalArgumentException("it has no id or no type");
    }
    String id = envelope.id();
    return switch (envelope.type()) {
      case EXECUTE -> new Signal.Execute(id, selection(envelope.data()), envelope.tsMs());
      case PAUSE -> new Signal.Pause(id, snapshotId(envelope.data()));
      case RESUME -> new Signal.Resume(id, snapshotId(envelope.data()));
      case STOP -> new Signal.Stop(id, snapshotId(envelope.data()));
      case DELETE_CHAT -> new Signal.DeleteChat(id, chat(envelope.data()));
      default ->
          throw new IllegalArgumentException("its type is unknown: " + shortened(envelope.type()));
    };
  }

  private static String shortened(String text) {
    return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
  }

  /** Nothing must not become everything: whoever means all chats sends an empty object. */
  private static SnapshotSelection selection(@Nullable JsonNode data) {
    if (data == null || !data.isObject()) {
      throw new IllegalArgumentException("it has no data that says which chats");
    }
    return Json.MAPPER.treeToValue(data, SnapshotSelection.class);
  }

  private static GoneChat chat(@Nullable JsonNode data) {
    if (data == null || !data.isObject()) {
      throw new IllegalArgumentException("it has no data that says which chat");
    }
    return Json.MAPPER.treeToValue(data, GoneChat.class);
  }

  private static String snapshotId(@Nullable JsonNode data) {
    String id = data == null ? null : Json.MAPPER.treeToValue(data, Reference.class).snapshotId();
    if (id == null) {
      throw new IllegalArgumentException("it has no data.snapshot_id");
    }
    return id;
  }

  private static byte[] encode(String id, String type, Object data, long tsMs) {
    return Json.MAPPER.writeValueAsBytes(
        new Envelope(id, type, Json.MAPPER.valueToTree(data), tsMs));
  }
}
