package dev.tavernmem0.writer.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which turns are worth a memory. */
class EligibilityTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "written",
      quoteCharacter = '"',
      textBlock =
          """
          # role    | text      | hidden | greeting | narrator too | becomes
          USER      | hello     | false  | false    | false        | written
          ASSISTANT | hello     | false  | false    | false        | written
          NARRATOR  | it rains  | false  | false    | false        | narrator
          NARRATOR  | it rains  | false  | false    | true         | written
          SYSTEM    | a notice  | false  | false    | true         | system
          UNKNOWN   | a word    | false  | false    | true         | system
          USER      | hello     | true   | false    | false        | hidden
          NARRATOR  | it rains  | true   | false    | true         | hidden
          ASSISTANT | welcome   | false  | true     | false        | greeting
          ASSISTANT | welcome   | true   | true     | false        | hidden
          USER      | ""        | false  | false    | false        | empty
          ASSISTANT | " \u3000" | false  | false    | false        | empty
          NARRATOR  | ""        | false  | false    | true         | empty
          # Who speaks counts before all else, and a text without words last.
          SYSTEM    | ""        | true   | true     | false        | system
          ASSISTANT | ""        | false  | true     | false        | greeting
          """)
  void a_turn_is_written_or_it_is_said_why_not(
      Role role,
      String text,
      boolean hidden,
      boolean greeting,
      boolean narratorToo,
      @Nullable String becomes) {
    Turn turn = turn(role, text, hidden, greeting);
    Eligibility eligibility =
        new Eligibility(
            narratorToo, said -> new Eligibility.Text(said.text().isBlank() ? "empty" : null, 1));

    assertThat(eligibility.of(turn).skipReason()).isEqualTo(becomes);
  }

  private static Turn turn(Role role, String text, boolean hidden, boolean greeting) {
    return new Turn("t", "h", 0, role, "Eve", null, text, null, hidden, greeting, 0, 1);
  }
}
