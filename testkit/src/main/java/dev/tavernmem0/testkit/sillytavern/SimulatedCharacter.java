package dev.tavernmem0.testkit.sillytavern;

import java.util.List;

/**
 * A character of a user.
 *
 * @param name display name
 * @param avatar its file in {@code characters/}, such as {@code Mara.png}
 * @param description what the model is told about it
 * @param greeting first message of a new chat; may hold {@code {{user}}} and {@code {{char}}}
 * @param alternateGreetings become swipes of the first message
 */
public record SimulatedCharacter(
    String name,
    String avatar,
    String description,
    String greeting,
    List<String> alternateGreetings) {

  public SimulatedCharacter {
    alternateGreetings = List.copyOf(alternateGreetings);
  }

  /** The avatar's stem: directory of the character's chats, and its key everywhere. */
  public String stem() {
    return avatar.substring(0, avatar.length() - ".png".length());
  }
}
