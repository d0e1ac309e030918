package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.event.Turn;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which turns are worth a memory. Thread-safe if what it reads texts with is. */
public final class Eligibility {
  private final boolean narratorToo;
  private final Function<Turn, Text> reader;

  /**
   * What is to be written of a message.
   *
   * @param skipReason why nothing is; null if something is
   * @param tokens its length, with its speaker's name
   */
  public record Text(@Nullable String skipReason, int tokens) {}

  /**
   * The rule.
   *
   * @param narratorToo whether narrator lines are written
   * @param reader of a message
   */
  public Eligibility(boolean narratorToo, Function<Turn, Text> reader) {
    this.narratorToo = narratorToo;
    this.reader = reader;
  }

  /** Whether the turn is written, and how long it is. The words are part of the ledger's format. */
  Text of(Turn turn) {
    String reason = ofTheTurn(turn);
    return reason == null ? reader.apply(turn) : new Text(reason, 0);
  }

  private @Nullable String ofTheTurn(Turn turn) {
    String role =
        switch (turn.role()) {
          case USER, ASSISTANT -> null;
          case NARRATOR -> narratorToo ? null : "narrator";
          case SYSTEM, UNKNOWN -> "system";
        };
    if (role != null) {
      return role;
    }
    if (turn.hidden()) {
      return "hidden";
    }
    return turn.greeting() ? "greeting" : null;
  }
}
