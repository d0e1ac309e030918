package dev.tavernmem0.common.character;

import dev.tavernmem0.common.json.FieldProblems;
import dev.tavernmem0.common.json.Json;
import org.jspecify.annotations.Nullable;

/** Characters' scopes to UTF-8 JSON and back. Thread-safe. */
public final class CharacterCodec {
  /** The end of the year 9999, as for every other date. */
  private static final long MAX_TIME_MS = 253_402_300_799_999L;

  private CharacterCodec() {}

  public static byte[] encode(CharacterScope character) {
    return Json.MAPPER.writeValueAsBytes(character);
  }

  /**
   * Reads one record.
   *
   * @param json null stands for a record without a value, which is a removal and no character
   * @throws InvalidCharacterException if the bytes are none, or hold a value that no reader can
   *     work with; the message names the field
   */
  public static CharacterScope decode(byte @Nullable [] json) {
    if (json == null) {
      throw new InvalidCharacterException("not a character's scope: no value");
    }
    CharacterScope character;
    try {
      character = Json.MAPPER.readValue(json, CharacterScope.class);
    } catch (RuntimeException e) {
      throw new InvalidCharacterException("not a character's scope: " + FieldProblems.of(e));
    }
    FieldProblems problems = new FieldProblems();
    check(character, problems);
    if (!problems.isEmpty()) {
      throw new InvalidCharacterException("not a character's scope: " + problems);
    }
    return character;
  }

  @SuppressWarnings("NullAway") // Jackson leaves absent components null, whatever their type says.
  private static void check(@Nullable CharacterScope character, FieldProblems problems) {
    if (character == null) {
      problems.required("value", null);
      return;
    }
    problems.id("handle", character.handle());
    problems.id("avatar", character.avatar());
    problems.id("scope", character.scope());
    problems.range("ts_ms", character.tsMs(), 0, MAX_TIME_MS);
  }
}
