package dev.tavernmem0.writer.consume;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.writer.kafka.LoggedTurn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The words that a batch was made of, as the log has them.
 *
 * @param batchId the batch
 * @param turns what it holds, in the order of the chat
 * @param cut whether texts end early, or are empty, because all of them together are too long
 */
public record BatchWords(String batchId, List<SpokenTurn> turns, boolean cut) {
  /** Of all texts together. */
  static final int MOST_CHARS = 100_000;

  /**
   * What was said in a turn, in the version that was written.
   *
   * @param turnId the turn
   * @param chatId its chat
   * @param chatFile that chat's file when it was said; null if there is no text
   * @param role who spoke: `user`, `assistant`, `narrator`; null if there is no text
   * @param name the speaker's name; null if there is no text
   * @param sentAt when it was said; null if there is no text, or the chat does not tell
   * @param text the words as the chat had them; null if the turn is gone, or the log has it no more
   * @param gone no chat says any more what the batch has of it
   */
  public record SpokenTurn(
      String turnId,
      String chatId,
      @Nullable String chatFile,
      @Nullable String role,
      @Nullable String name,
      @Nullable Instant sentAt,
      @Nullable String text,
      boolean gone) {}

  static BatchWords of(LedgerEntry batch, List<LoggedTurn> logged) {
    Map<String, LoggedTurn> byId =
        logged.stream()
            .collect(
                Collectors.toMap(
                    turn -> turn.turn().turnId(), Function.identity(), (one, same) -> one));
    List<SpokenTurn> turns = new ArrayList<>();
    int left = MOST_CHARS;
    boolean cut = false;
    for (LedgerTurn turn : batch.turns()) {
      LoggedTurn words = byId.get(turn.turnId());
      if (words == null) {
        turns.add(withoutText(batch, turn));
        continue;
      }
      String text = words.turn().text();
      String told = beginning(text, left);
      cut |= told.length() < text.length();
      left -= told.length();
      turns.add(
          new SpokenTurn(
              turn.turnId(),
              batch.chatOf(turn),
              words.source().chatFile(),
              words.turn().role().json(),
              words.turn().name(),
              words.turn().sentAt(),
              told,
              turn.gone()));
    }
    return new BatchWords(batch.batchId(), turns, cut);
  }

  private static SpokenTurn withoutText(LedgerEntry batch, LedgerTurn turn) {
    return new SpokenTurn(
        turn.turnId(), batch.chatOf(turn), null, null, null, null, null, turn.gone());
  }

  /** No half of a surrogate pair is left at the end. */
  private static String beginning(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    boolean halves = most > 0 && Character.isHighSurrogate(text.charAt(most - 1));
    return text.substring(0, halves ? most - 1 : most);
  }
}
