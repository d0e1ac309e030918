package dev.tavernmem0.watcher.chatfile;

import dev.tavernmem0.common.event.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message line of a chat file.
 *
 * @param role who speaks
 * @param name the speaker's display name
 * @param avatar {@code original_avatar}: the avatar file of a group's speaker
 * @param text {@code mes}; lone surrogates, which no UTF-8 can carry, are replaced by U+FFFD
 * @param sendDate null if the message has none
 * @param hidden {@code is_system} is truthy
 * @param swipe index of the chosen alternative
 * @param swipes number of alternatives, at least 1
 * @param swipeDates {@link SendDate#key()} of each alternative that has a date
 */
public record ChatMessage(
    Role role,
    String name,
    @Nullable String avatar,
    String text,
    @Nullable SendDate sendDate,
    boolean hidden,
    int swipe,
    int swipes,
    List<Long> swipeDates) {
  public ChatMessage {
    swipeDates = List.copyOf(swipeDates);
  }

  TurnContent content() {
    return new TurnContent(
        role,
        hidden,
        sendDate == null ? 0 : sendDate.key(),
        TurnContent.hash(role, text),
        text.length(),
        TurnContent.speaker(role, name));
  }
}
