package dev.tavernmem0.bench;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Chats with the fields that SillyTavern writes: user and character in turns, text lengths spread
 * as in real chats, every third chat in Chinese, a fifth of the replies swiped. The same seed gives
 * the same chats. Not thread-safe.
 */
final class ChatGenerator {
  private static final JsonMapper JSON = new JsonMapper();

  private final Random random;
  private final SpokenText text;
  private long clock = Instant.parse("2025-11-03T18:00:00Z").toEpochMilli();

  ChatGenerator(long seed) {
    this(new Random(seed), Prose::new);
  }

  private ChatGenerator(Random random, Function<Random, Writing> prose) {
    this.random = random;
    this.text = new SpokenText(random, prose.apply(random));
  }

  /** Chats that compress as badly as real ones. */
  static ChatGenerator varied(long seed) {
    return new ChatGenerator(new Random(seed), VariedProse::new);
  }

  /** A chat of at least so many bytes. */
  byte[] chat(int bytes) {
    boolean chinese = random.nextInt(3) == 0;
    ByteArrayOutputStream chat = new ByteArrayOutputStream(bytes + 16 * 1024);
    chat.writeBytes(header());
    for (boolean user = false; chat.size() < bytes; user = !user) {
      chat.writeBytes(user ? message(chinese) : reply(chinese));
    }
    return chat.toByteArray();
  }

  /** One more line of a user. */
  byte[] message() {
    return message(false);
  }

  private byte[] header() {
    ObjectNode header = JSON.createObjectNode();
    ObjectNode metadata = header.putObject("chat_metadata");
    metadata.put("integrity", new UUID(random.nextLong(), random.nextLong()).toString());
    metadata.put("note_prompt", "").put("note_interval", 1).put("note_position", 1);
    metadata.put("tainted", true);
    header.put("user_name", "unused").put("character_name", "unused");
    return line(header);
  }

  private byte[] message(boolean chinese) {
    ObjectNode message = JSON.createObjectNode();
    message.put("name", "Alex").put("is_user", true).put("is_system", false);
    message.put("send_date", date());
    message.put("mes", text.message(chinese));
    message.putObject("extra").put("isSmallSys", false).put("reasoning", "");
    message.put("force_avatar", "/thumbnail?type=persona&file=user-default.png");
    return line(message);
  }

  private byte[] reply(boolean chinese) {
    int count = random.nextInt(5) == 0 ? 2 + random.nextInt(3) : 1;
    List<String> swipes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      swipes.add(text.reply(chinese));
    }
    ObjectNode reply = JSON.createObjectNode();
    extra(reply);
    reply.put("name", "Mara").put("is_user", false);
    String date = date();
    reply.put("send_date", date);
    reply.put("mes", swipes.get(count - 1));
    reply.put("title", "").put("gen_started", date).put("gen_finished", date);
    ArrayNode texts = reply.putArray("swipes");
    swipes.forEach(texts::add);
    reply.put("swipe_id", count - 1);
    ArrayNode infos = reply.putArray("swipe_info");
    for (int i = 0; i < count; i++) {
      ObjectNode info = infos.addObject();
      info.put("send_date", date).put("gen_started", date).put("gen_finished", date);
      extra(info);
    }
    return line(reply);
  }

  private static void extra(ObjectNode owner) {
    owner.putObject("extra").put("api", "custom").put("model", "simulated").put("reasoning", "");
  }

  private String date() {
    clock += 1000 + random.nextInt(60_000);
    return Instant.ofEpochMilli(clock).toString();
  }

  private static byte[] line(ObjectNode node) {
    byte[] json = JSON.writeValueAsBytes(node);
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }
}
