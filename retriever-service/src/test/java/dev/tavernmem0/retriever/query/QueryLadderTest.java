package dev.tavernmem0.retriever.query;

import static dev.tavernmem0.retriever.Memories.memory;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.retriever.query.QueryLadder.Found;
import dev.tavernmem0.retriever.query.QueryLadder.Rewritten;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueryLadderTest {
  private static final Found HIT =
      new Found(List.of(memory("m1", "Alex lives in Prague", 0.6)), null);
  private static final Found NOTHING = new Found(List.of(), null);

  private final QueryLadder ladder = new QueryLadder(new Queries(new QueryLimits(6, 400)));
  private final List<Query> asked = new ArrayList<>();
  private final Map<Stage, Found> answers = new EnumMap<>(Stage.class);
  private final List<RewriteInput> rewrites = new ArrayList<>();

  private final Conversation chat =
      new Conversation(
          "Alex",
          "Seraphina",
          List.of(
              new ChatMessage(Role.ASSISTANT, null, "You told me of your new flat."),
              new ChatMessage(Role.USER, null, "What is my address?")));

  private final Conversation weakChat =
      new Conversation(
          "Alex",
          "Seraphina",
          List.of(
              new ChatMessage(Role.ASSISTANT, null, "You told me of your new flat."),
              new ChatMessage(Role.USER, null, "Do you remember?")));

  @Test
  void a_hit_on_the_last_message_ends_the_climb() {
    answers.put(Stage.LAST_MESSAGE, HIT);

    var climb = climb(true, "home of Alex");

    assertThat(climb.memories()).isEqualTo(HIT.memories());
    assertThat(climb.query()).isEqualTo(new Query(Stage.LAST_MESSAGE, "What is my address?"));
    assertThat(asked).hasSize(1);
    assertThat(rewrites).isEmpty();
  }

  @Test
  void the_context_is_asked_when_the_last_message_finds_nothing() {
    answers.put(Stage.RECENT_CONTEXT, HIT);

    var climb = climb(true, "home of Alex");

    assertThat(climb.query())
        .isEqualTo(
            new Query(
                Stage.RECENT_CONTEXT,
                "Seraphina: You told me of your new flat. What is my address?"));
    assertThat(rewrites).isEmpty();
  }

  @Test
  void the_model_is_asked_only_when_both_found_nothing() {
    answers.put(Stage.REWRITE, HIT);

    var climb = climb(true, "Query: home of Alex");

    assertThat(climb.query()).isEqualTo(new Query(Stage.REWRITE, "home of Alex"));
    assertThat(climb.memories()).isEqualTo(HIT.memories());
    assertThat(asked).extracting(Query::stage).containsExactly(Stage.values());
    assertThat(rewrites).hasSize(1);
  }

  @Test
  void the_context_is_not_asked_when_the_request_leaves_it_out() {
    climb(false, "home of Alex");

    assertThat(asked).extracting(Query::stage).containsExactly(Stage.LAST_MESSAGE, Stage.REWRITE);
  }

  @Test
  void a_question_that_names_nothing_is_asked_with_its_context_first() {
    answers.put(Stage.LAST_MESSAGE, HIT);
    answers.put(Stage.RECENT_CONTEXT, HIT);

    var climb = ladder.climb(weakChat, true, null, this::search);

    assertThat(climb.query()).extracting(Query::stage).isEqualTo(Stage.RECENT_CONTEXT);
    assertThat(asked).hasSize(1);
  }

  @Test
  void a_question_that_names_nothing_is_asked_alone_when_its_context_finds_nothing() {
    ladder.climb(weakChat, true, null, this::search);

    assertThat(asked)
        .extracting(Query::stage)
        .containsExactly(Stage.RECENT_CONTEXT, Stage.LAST_MESSAGE);
  }

  @Test
  void without_arewriter_the_climb_ends_at_the_context() {
    var climb = ladder.climb(chat, true, null, this::search);

    assertThat(climb.memories()).isEmpty();
    assertThat(climb.degraded()).isNull();
    assertThat(climb.query()).isEqualTo(asked.get(1));
  }

  @Test
  void a_failure_ends_the_climb() {
    answers.put(Stage.LAST_MESSAGE, new Found(List.of(), Degraded.MEM0_TIMEOUT));

    var climb = climb(true, "home of Alex");

    assertThat(climb.degraded()).isEqualTo(Degraded.MEM0_TIMEOUT);
    assertThat(asked).hasSize(1);
  }

  @Test
  void what_some_scopes_found_is_kept_though_others_failed() {
    answers.put(Stage.LAST_MESSAGE, new Found(HIT.memories(), Degraded.MEM0_UNAVAILABLE));

    var climb = climb(true, "home of Alex");

    assertThat(climb.memories()).isEqualTo(HIT.memories());
    assertThat(climb.degraded()).isEqualTo(Degraded.MEM0_UNAVAILABLE);
  }

  @Test
  void a_model_that_fails_is_said_and_the_last_search_stands() {
    var climb =
        ladder.climb(
            chat, true, input -> new Rewritten("", Degraded.REWRITE_TIMEOUT), this::search);

    assertThat(climb.degraded()).isEqualTo(Degraded.REWRITE_TIMEOUT);
    assertThat(climb.query()).extracting(Query::stage).isEqualTo(Stage.RECENT_CONTEXT);
  }

  @Test
  void the_same_text_is_not_asked_twice() {
    climb(false, "What is my address?");

    assertThat(asked).hasSize(1);
  }

  @Test
  void an_empty_chat_asks_nothing() {
    var climb =
        ladder.climb(new Conversation(null, null, List.of()), true, this::rewrite, this::search);

    assertThat(climb.query()).isNull();
    assertThat(asked).isEmpty();
    assertThat(rewrites).isEmpty();
  }

  private String rewriteAnswer = "";

  private QueryLadder.Climb climb(boolean includeContext, String answer) {
    rewriteAnswer = answer;
    return ladder.climb(chat, includeContext, this::rewrite, this::search);
  }

  private Rewritten rewrite(RewriteInput input) {
    rewrites.add(input);
    return new Rewritten(rewriteAnswer, null);
  }

  private Found search(Query query) {
    asked.add(query);
    return answers.getOrDefault(query.stage(), NOTHING);
  }
}
