package dev.tavernmem0.testkit.hostile;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.common.kafka.MaxRecordSize;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Builds hostile records, each of a chat of its own, out of a sound one. */
final class RecordTable {
  private static final int HUGE = 15 * 1024 * 1024;
  private static final int DEEP = 100_000;

  /** Below what a topic takes, and beyond that with a dead letter's headers. */
  private static final int FULL = MaxRecordSize.BYTES - 150;

  private final String prefix;
  private final Function<String, byte[]> sound;
  private final List<HostileRecord> records = new ArrayList<>();

  /**
   * Begins a table.
   *
   * @param prefix of the chats' ids
   * @param sound the record that is spoilt, for a chat's id
   */
  RecordTable(String prefix, Function<String, byte[]> sound) {
    this.prefix = prefix;
    this.sound = sound;
  }

  List<HostileRecord> records() {
    return List.copyOf(records);
  }

  private String nextChatId() {
    return prefix + records.size();
  }

  /** A value that has nothing to do with the sound one. */
  RecordTable value(String name, byte @Nullable [] value, @Nullable String refusal) {
    String chatId = nextChatId();
    records.add(
        new HostileRecord(name, chatId, chatId.getBytes(StandardCharsets.UTF_8), value, refusal));
    return this;
  }

  RecordTable value(String name, String value, String refusal) {
    return value(name, value.getBytes(StandardCharsets.UTF_8), refusal);
  }

  /** The sound record under another key. */
  RecordTable key(String name, byte @Nullable [] key) {
    String chatId = nextChatId();
    records.add(new HostileRecord(name, chatId, key, sound.apply(chatId), null));
    return this;
  }

  /** What is no JSON object of a sane size, whatever the record is meant to be. */
  RecordTable shapeless() {
    return value("empty value", "", "")
        .value("text", HostileRecord.SECRET, "")
        .value("JSON null", "null", "value is missing")
        .value("list", "[\"" + HostileRecord.SECRET + "\"]", "MismatchedInput")
        .value("string", "\"" + HostileRecord.SECRET + "\"", "")
        .value("number", "1e999999999", "")
        .value("object without fields", "{}", "is missing")
        .value("cut off amid a field", "{\"op\":\"c\",\"chat_id\":\"" + HostileRecord.SECRET, "")
        .value("no UTF-8", new byte[] {(byte) 0xff, (byte) 0xfe, '{', '}'}, "")
        .value("half a UTF-8 sequence in a name", bytes("{\"o", 0xe4, 0xb8), "")
        .value("a nest of lists", "[".repeat(DEEP), "")
        .value("a nest of objects", "{\"x\":".repeat(DEEP), "")
        .value("15 MB of no JSON", huge("x"), "")
        .value("15 MB of small objects", "[" + huge("{},") + "{}]", "")
        .value("a value that fills a record", repeated("x", FULL), "");
  }

  /** The sound record with a field that is a nest, which its reader does not know. */
  RecordTable unknownNest() {
    return edited(
        "a nest in an unknown field",
        json -> json.replaceFirst("\\{", "{\"x\":" + "[".repeat(DEEP) + "]".repeat(DEEP) + ","),
        "");
  }

  /** The sound record with something behind it. */
  RecordTable trailing() {
    return edited("something behind the object", json -> json + "{}", "");
  }

  /** The sound record's text, changed. */
  RecordTable edited(String name, Function<String, String> change, @Nullable String refusal) {
    String json = new String(sound.apply(nextChatId()), StandardCharsets.UTF_8);
    return value(name, change.apply(json).getBytes(StandardCharsets.UTF_8), refusal);
  }

  /** The sound record without a field, and with null in its place. */
  RecordTable without(String pointer, @Nullable String refusal) {
    value("no " + pointer, changed(pointer, null), refusal);
    return with(pointer, "null", refusal);
  }

  /** The sound record with this JSON as the value of a field. */
  RecordTable with(String pointer, String json, @Nullable String refusal) {
    String shown = json.length() > 40 ? json.substring(0, 40) + "…" : json;
    return value(pointer + " is " + shown, changed(pointer, json), refusal);
  }

  private byte[] changed(String pointer, @Nullable String json) {
    // In two steps, because a tree would change numbers and half surrogate pairs.
    String mark = "\"the value to come\"";
    JsonNode root = Json.MAPPER.readTree(sound.apply(nextChatId()));
    JsonPointer path = JsonPointer.compile(pointer);
    ObjectNode parent = (ObjectNode) root.at(path.head());
    String field = path.last().getMatchingProperty();
    if (json == null) {
      parent.remove(field);
      return Json.MAPPER.writeValueAsBytes(root);
    }
    parent.put(field, mark.substring(1, mark.length() - 1));
    return Json.MAPPER
        .writeValueAsString(root)
        .replace(mark, json)
        .getBytes(StandardCharsets.UTF_8);
  }

  static String huge(String unit) {
    return new String(repeated(unit, HUGE / unit.length() * unit.length()), StandardCharsets.UTF_8);
  }

  private static byte[] repeated(String unit, int length) {
    if (unit.length() == 1) {
      byte[] all = new byte[length];
      Arrays.fill(all, (byte) unit.charAt(0));
      return all;
    }
    return unit.repeat(length / unit.length()).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String start, int... rest) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(start.getBytes(StandardCharsets.UTF_8));
    for (int one : rest) {
      all.write(one);
    }
    return all.toByteArray();
  }
}
