package dev.tavernmem0.testkit.sillytavern;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages with the fields, and the order of fields, that the web client of SillyTavern 1.19 gives
 * them ({@code public/script.js}, {@code public/scripts/slash-commands.js}).
 */
final class Messages {
  private static final String SYSTEM_AVATAR = "img/five.png";
  private static final String COMMENT_AVATAR = "img/quill.png";

  private final SimulatedTime time;

  Messages(SimulatedTime time) {
    this.time = time;
  }

  ObjectNode user(String name, String persona, String text) {
    ObjectNode message = StJson.object();
    message.put("name", name);
    message.put("is_user", true);
    message.put("is_system", false);
    message.put("send_date", time.iso());
    message.put("mes", text);
    message.putObject("extra").put("isSmallSys", false);
    message.put("force_avatar", "/thumbnail?type=persona&file=" + encoded(persona));
    return message;
  }

  ObjectNode greeting(SimulatedCharacter character) {
    ObjectNode message = StJson.object();
    message.put("name", character.name());
    message.put("is_user", false);
    message.put("is_system", false);
    message.put("send_date", time.iso());
    message.put("mes", character.greeting());
    message.putObject("extra");
    if (!character.alternateGreetings().isEmpty()) {
      message.put("swipe_id", 0);
      ArrayNode swipes = message.putArray("swipes").add(character.greeting());
      character.alternateGreetings().forEach(swipes::add);
      ArrayNode info = message.putArray("swipe_info");
      swipes.forEach(swipe -> info.add(emptySwipeInfo(message)));
    }
    return message;
  }

  ObjectNode groupGreeting(SimulatedCharacter character, String user) {
    ObjectNode message = StJson.object();
    message.put("is_user", false);
    message.put("is_system", false);
    message.put("name", character.name());
    message.put("send_date", time.iso());
    message.put("original_avatar", character.avatar());
    message.putObject("extra").put("gen_id", randomGenerationId());
    message.put("mes", substituted(character.greeting(), user, character.name()));
    message.put("force_avatar", thumbnail(character.avatar()));
    return message;
  }

  /**
   * {@code Date.now() * Math.random() * 1000000}: a number far beyond 2^53, with the 15 digits that
   * survive in JavaScript.
   */
  private long randomGenerationId() {
    return time.tick().toEpochMilli() * 917_403L / 10_000L * 10_000L;
  }

  /**
   * A reply as {@code saveReply} makes it.
   *
   * @param groupRound id of the round in a group chat; null in solo chats
   */
  ObjectNode reply(
      SimulatedCharacter character, String text, String reasoning, @Nullable Long groupRound) {
    String started = time.iso();
    ObjectNode message = StJson.object();
    ObjectNode extra = message.putObject("extra");
    message.put("name", character.name());
    message.put("is_user", false);
    message.put("send_date", time.iso());
    generated(extra, reasoning);
    message.put("mes", text);
    message.put("title", "");
    message.put("gen_started", started);
    message.put("gen_finished", time.iso());
    if (groupRound != null) {
      message.put("force_avatar", thumbnail(character.avatar()));
      message.put("original_avatar", character.avatar());
      extra.put("gen_id", groupRound);
    }
    ensureSwipes(message);
    syncToSwipe(message);
    return message;
  }

  /** {@code /sys}. */
  ObjectNode narrator(String text) {
    ObjectNode message = StJson.object();
    message.put("name", "System");
    message.put("is_user", false);
    message.put("is_system", "");
    message.put("send_date", time.iso());
    message.put("mes", text);
    message.put("force_avatar", SYSTEM_AVATAR);
    message.putObject("extra").put("type", "narrator").putNull("bias");
    byCommand(message);
    return message;
  }

  /** {@code /comment}. */
  ObjectNode comment(String text) {
    ObjectNode message = StJson.object();
    message.put("name", "Note");
    message.put("is_user", false);
    message.put("is_system", true);
    message.put("send_date", time.iso());
    message.put("mes", text);
    message.put("force_avatar", COMMENT_AVATAR);
    message.putObject("extra").put("type", "comment");
    byCommand(message);
    return message;
  }

  /** {@code /sendas}. */
  ObjectNode sentAs(SimulatedCharacter character, String text) {
    ObjectNode message = StJson.object();
    message.put("name", character.name());
    message.put("is_user", false);
    message.put("is_system", "");
    message.put("send_date", time.iso());
    message.put("mes", text);
    message.put("force_avatar", thumbnail(character.avatar()));
    message.put("original_avatar", character.avatar());
    message.putObject("extra").putNull("bias");
    byCommand(message);
    message.put("swipe_id", 0);
    message.putArray("swipes").add(text);
    ObjectNode info = message.putArray("swipe_info").addObject();
    info.set("send_date", message.get("send_date"));
    info.putNull("gen_started");
    info.putNull("gen_finished");
    info.set("extra", message.get("extra").deepCopy());
    return message;
  }

  private void byCommand(ObjectNode message) {
    extra(message)
        .put("gen_id", time.tick().toEpochMilli())
        .put("isSmallSys", false)
        .put("api", "manual")
        .put("model", "slash command");
  }

  /** A further alternative, generated and chosen. */
  void swipeNew(ObjectNode message, String text) {
    ensureSwipes(message);
    syncToSwipe(message);
    ArrayNode swipes = (ArrayNode) message.get("swipes");
    message.put("swipe_id", swipes.size());
    message.remove(List.of("gen_started", "gen_finished"));
    swipes.add(text);
    String started = time.iso();
    message.put("mes", text);
    message.put("gen_started", started);
    message.put("gen_finished", time.iso());
    message.put("send_date", time.iso());
    generated(extra(message), "");
    ((ArrayNode) message.get("swipe_info")).add(swipeInfo(message));
  }

  /** An alternative that is there already. */
  void swipeTo(ObjectNode message, int swipe) {
    ensureSwipes(message);
    syncToSwipe(message);
    JsonNode text = message.get("swipes").get(swipe);
    JsonNode info = message.get("swipe_info").get(swipe);
    if (text == null || info == null) {
      throw new IllegalArgumentException("no swipe " + swipe);
    }
    message.put("swipe_id", swipe);
    message.remove(List.of("gen_started", "gen_finished"));
    message.set("mes", text);
    setOrRemove(message, "send_date", info.get("send_date"));
    setOrRemove(message, "gen_started", info.get("gen_started"));
    setOrRemove(message, "gen_finished", info.get("gen_finished"));
    message.set("extra", info.get("extra").deepCopy());
  }

  void continued(ObjectNode message, String more) {
    String started = time.iso();
    message.put("mes", message.path("mes").asString() + more);
    message.put("title", "");
    message.put("gen_started", started);
    message.put("gen_finished", time.iso());
    message.put("send_date", time.iso());
    generated(extra(message), "");
    syncToSwipe(message);
  }

  static void edited(ObjectNode message, String text) {
    message.put("mes", text);
    if (message.has("swipe_id")) {
      ((ArrayNode) message.get("swipes")).set(message.get("swipe_id").asInt(), text);
    }
    boolean biasFromText =
        message.path("is_user").asBoolean(false)
            || message.path("is_system").asBoolean(false)
            || message.path("extra").path("type").asString("").equals("narrator");
    if (biasFromText) {
      extra(message).put("bias", "");
    } else {
      extra(message).putNull("bias");
    }
  }

  /** What the reply does to the message before it. */
  static void answered(ObjectNode message) {
    if (message.path("extra").path("reasoning").asString("").isEmpty()) {
      extra(message).put("reasoning", "");
    }
  }

  /** What displaying a message does to it. */
  static void ensureSwipes(ObjectNode message) {
    if (message.path("is_user").asBoolean(false) || message.has("swipe_info")) {
      return;
    }
    message.putArray("swipes").add(message.path("mes").asString());
    message.put("swipe_id", 0);
    message.putArray("swipe_info").add(emptySwipeInfo(message));
    syncToSwipe(message);
  }

  private static void syncToSwipe(ObjectNode message) {
    int swipe = message.get("swipe_id").asInt();
    ((ArrayNode) message.get("swipes")).set(swipe, message.path("mes").asString());
    ((ArrayNode) message.get("swipe_info")).set(swipe, swipeInfo(message));
  }

  private static ObjectNode swipeInfo(ObjectNode message) {
    ObjectNode info = emptySwipeInfo(message);
    info.set("extra", message.get("extra").deepCopy());
    return info;
  }

  private static ObjectNode emptySwipeInfo(ObjectNode message) {
    ObjectNode info = StJson.object();
    for (String field : List.of("send_date", "gen_started", "gen_finished")) {
      setOrRemove(info, field, message.get(field));
    }
    info.putObject("extra");
    return info;
  }

  private static void generated(ObjectNode extra, String reasoning) {
    extra.put("api", "custom");
    extra.put("model", "simulated");
    extra.put("reasoning", reasoning);
    extra.putNull("reasoning_duration");
    extra.putNull("reasoning_signature");
  }

  /** As {@code substituteParams}, for the two macros of greetings. */
  static String substituted(String text, String user, String character) {
    return text.replace("{{user}}", user).replace("{{char}}", character);
  }

  static String thumbnail(String avatar) {
    return "/thumbnail?type=avatar&file=" + encoded(avatar);
  }

  /** As {@code encodeURIComponent}. */
  static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("%21", "!")
        .replace("%27", "'")
        .replace("%28", "(")
        .replace("%29", ")")
        .replace("%7E", "~");
  }

  private static ObjectNode extra(ObjectNode message) {
    return (ObjectNode) message.get("extra");
  }

  private static void setOrRemove(ObjectNode object, String field, @Nullable JsonNode value) {
    if (value == null) {
      object.remove(field);
    } else {
      object.set(field, value);
    }
  }
}
