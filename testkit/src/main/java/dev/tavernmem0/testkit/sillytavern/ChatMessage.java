package dev.tavernmem0.testkit.sillytavern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message as it must be in the file: what tests compare with.
 *
 * @param name the speaker as displayed
 * @param user whether the user said it
 * @param hidden {@code is_system} is truthy
 * @param text {@code mes}
 * @param sendDate as written; null if there is none
 * @param type {@code extra.type}, such as {@code narrator}; null for ordinary messages
 * @param avatar speaker in a group chat, such as {@code Mara.png}; null elsewhere
 * @param swipe the chosen one
 * @param swipes how many; 1 if the message has no swipes
 */
public record ChatMessage(
    String name,
    boolean user,
    boolean hidden,
    String text,
    @Nullable String sendDate,
    @Nullable String type,
    @Nullable String avatar,
    int swipe,
    int swipes) {

  static ChatMessage of(ObjectNode message) {
    return new ChatMessage(
        message.path("name").asString(""),
        message.path("is_user").asBoolean(false),
        message.path("is_system").isBoolean() && message.path("is_system").booleanValue(),
        message.path("mes").asString(""),
        message.path("send_date").asStringOpt().orElse(null),
        message.path("extra").path("type").asStringOpt().orElse(null),
        message.path("original_avatar").asStringOpt().orElse(null),
        message.path("swipe_id").asInt(0),
        Math.max(1, message.path("swipes").size()));
  }
}
