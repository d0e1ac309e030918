package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Where a batch is cut off the turns that wait, as a table. A turn is {@code U} (the user) or
 * {@code a} (a reply) of 100 tokens, or of as many as a number behind it says.
 */
class BatchingTest {
  private static final Chat CHAT = new Chat("chat", new ChatInfo("chat.jsonl", List.of()));
  private static final Instant LONG_AGO = Instant.parse("2026-11-01T10:00:00Z");

  @ParameterizedTest(name = "{0}, {1} settled, {2}, at most {3}: {4} ({5})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # wait     | settled | trigger | most turns | batch | because
          # Until a batch is full, what follows may belong to it.
          Ua         | 2       | FULL    | 4          | 0     | it is not full
          Uaa        | 3       | FULL    | 4          | 0     | it is not full
          UaU        | 2       | FULL    | 4          | 0     | it is not full, though the exchange is over
          # A full batch ends where the user speaks next.
          UaUa       | 4       | FULL    | 4          | 2     | the last exchange may go on
          UaUaU      | 5       | FULL    | 4          | 4     | the next one begins
          UaUaUa     | 6       | FULL    | 4          | 4     | the next one begins
          UaUaUa     | 6       | FULL    | 3          | 2     | an exchange is not cut
          UaaUaa     | 6       | FULL    | 5          | 3     | an exchange is not cut
          UaaaUa     | 6       | FULL    | 3          | 3     | an exchange longer than a batch is
          aaaUa      | 5       | FULL    | 2          | 2     | replies without a question are cut anywhere
          aUaUa      | 5       | FULL    | 2          | 1     | they end where the user speaks
          UUUU       | 4       | FULL    | 2          | 2     | each of them may begin an exchange
          Ua         | 2       | FULL    | 1          | 1     | an exchange longer than a batch is cut
          # An idle chat gets what it has, but not amid an exchange that goes on.
          Ua         | 2       | IDLE    | 4          | 2     | all there is
          U          | 1       | IDLE    | 4          | 1     | all there is
          UaUa       | 4       | IDLE    | 4          | 4     | all there is, and it fits
          UaUa       | 3       | IDLE    | 4          | 2     | the last reply may still be swiped
          Uaa        | 2       | IDLE    | 4          | 0     | the exchange goes on
          UaU        | 2       | IDLE    | 4          | 2     | the next one begins
          UaUaUa     | 6       | IDLE    | 4          | 4     | no more than fits
          # What has waited long enough goes, come what may.
          Ua         | 2       | AGE     | 4          | 2     | all there is
          Uaa        | 2       | AGE     | 4          | 2     | the exchange goes on, and has for too long
          UaUaa      | 4       | AGE     | 8          | 2     | an exchange is not cut if there is one to write
          # Nothing settled, nothing written.
          Ua         | 0       | FULL    | 4          | 0     | it may still be swiped
          Ua         | 0       | IDLE    | 4          | 0     | it may still be swiped
          Ua         | 0       | AGE     | 4          | 0     | it may still be swiped
          """)
  void a_batch_holds_whole_exchanges(
      String wait, int settled, Batching.Trigger trigger, int mostTurns, int batch) {
    assertThat(Batching.size(turns(wait), settled, trigger, mostTurns, 100_000)).isEqualTo(batch);
  }

  @ParameterizedTest(name = "{0}, {1} settled, {2}, at most {3} tokens: {4} ({5})")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # wait          | settled | trigger | most tokens | batch | because
          U a U a         | 4       | FULL    | 401             | 0     | there is room for another
          U a U a         | 4       | FULL    | 400             | 2     | it is full to the last token
          U a U a U       | 5       | FULL    | 400             | 4     | it is full to the last token
          U a U a U       | 5       | FULL    | 399             | 2     | one token too many
          U a U a         | 4       | IDLE    | 399             | 2     | one token too many
          U a U a         | 4       | IDLE    | 400             | 4     | all there is, and it fits
          U5000 a U       | 3       | FULL    | 1000            | 1     | a longer turn makes a batch of its own
          U5000 U a       | 3       | FULL    | 1000            | 1     | a longer turn makes a batch of its own
          U a5000 U       | 3       | FULL    | 1000            | 1     | its exchange is cut
          U a5000         | 2       | IDLE    | 1000            | 1     | its exchange is cut
          """)
  void a_batch_holds_no_more_tokens_than_its_model_takes(
      String wait, int settled, Batching.Trigger trigger, int mostTokens, int batch) {
    assertThat(Batching.size(turns(wait), settled, trigger, 100, mostTokens)).isEqualTo(batch);
  }

  private static List<SaidTurn> turns(String described) {
    List<SaidTurn> turns = new ArrayList<>();
    for (String turn : described.split("(?=[Ua])")) {
      Role role = turn.startsWith("U") ? Role.USER : Role.ASSISTANT;
      String length = turn.substring(1).strip();
      int place = turns.size();
      turns.add(
          new SaidTurn(
              "turn-" + place,
              CHAT,
              "utterance-" + place,
              "hash",
              place,
              null,
              place,
              role,
              length.isEmpty() ? 100 : Integer.parseInt(length),
              LONG_AGO,
              LONG_AGO,
              false,
              true));
    }
    return turns;
  }
}
