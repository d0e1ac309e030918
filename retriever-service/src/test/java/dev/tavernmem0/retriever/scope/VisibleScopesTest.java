package dev.tavernmem0.retriever.scope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class VisibleScopesTest {
  private final CharacterScopes characters = new CharacterScopes();
  private final GroupDirectory groups = new GroupDirectory();
  private final VisibleScopes scopes = new VisibleScopes(characters, groups, 3);

  @Test
  void alone_acharacter_sees_its_own_memories() {
    assertThat(scopes.of("default-user", "小 红", null, List.of()))
        .containsExactly(new Scope("default-user", "小+红"));
  }

  @Test
  void in_agroup_the_members_see_the_groups_too() {
    assertThat(agents(scopes.of("u", "My Carol", "17", List.of("My Carol", "Bob"))))
        .containsExactly("My+Carol", "group:17");
    assertThat(agents(scopes.of("u", "My Carol", "17", List.of())))
        .containsExactly("My+Carol", "group:17");
    assertThat(agents(scopes.of("u", "My Carol", "17", List.of("Bob", "")))).hasSize(1);
  }

  @Test
  void groups_learnt_from_the_ledger_count_everywhere_but_only_for_their_user() {
    groups.learn(entry("u", "group:17", 1, "Carol", "Bob"));
    groups.learn(entry("other", "group:18", 1, "Carol"));

    assertThat(agents(scopes.of("u", "Carol", null, List.of())))
        .containsExactly("Carol", "group:17");
    assertThat(agents(scopes.of("u", "Dave", null, List.of()))).containsExactly("Dave");
  }

  @Test
  void a_renamed_character_sees_the_memories_that_it_had_and_the_next_of_its_name_does_not() {
    characters.learn("u/Marina", "Mara");
    characters.learn("u/Mara", "Mara~2");
    characters.learn("other/Marina", "Elsewhere");

    assertThat(agents(scopes.of("u", "Marina", null, List.of()))).containsExactly("Mara");
    assertThat(agents(scopes.of("u", "Mara", null, List.of()))).containsExactly("Mara~2");

    characters.forget("u/Marina");
    assertThat(agents(scopes.of("u", "Marina", null, List.of()))).containsExactly("Marina");
  }

  @Test
  void a_scope_is_called_what_its_character_is_called_now() {
    Scope first = new Scope("u", "Mary+Jane");
    assertThat(characters.nameOf(first)).isEqualTo("Mary Jane");

    characters.learn("u/Mary+Jane", "Mary+Jane");
    characters.learn("u/Marina+M.", "Mary+Jane");
    characters.forget("u/Mary+Jane");
    characters.learn("u/Mary+Jane", "Mary+Jane~2");

    assertThat(characters.nameOf(first)).isEqualTo("Marina M.");
    assertThat(characters.nameOf(new Scope("u", "Mary+Jane~2"))).isEqualTo("Mary Jane");
    assertThat(characters.nameOf(new Scope("other", "Mary+Jane"))).isEqualTo("Mary Jane");
    assertThat(characters.nameOf(new Scope("u", "group:17"))).isEqualTo("group:17");

    characters.forget("u/Marina+M.");
    assertThat(characters.nameOf(first)).isEqualTo("Mary Jane");
  }

  @Test
  void a_renamed_character_is_in_its_groups_under_its_old_name_and_its_new_one() {
    characters.learn("u/Marina", "Mara");
    groups.learn(entry("u", "group:17", 1, "Mara", "Bob"));
    groups.learn(entry("u", "group:18", 2, "Marina", "Bob"));

    assertThat(agents(scopes.of("u", "Marina", null, List.of())))
        .containsExactly("Mara", "group:18", "group:17");
    assertThat(agents(scopes.of("u", "Marina", "19", List.of("Marina"))))
        .containsExactly("Mara", "group:19", "group:18");
  }

  @Test
  void the_latest_entry_decides_who_is_amember() {
    groups.learn(entry("u", "group:17", 2, "Bob"));
    groups.learn(entry("u", "group:17", 1, "Carol", "Bob"));

    assertThat(agents(scopes.of("u", "Carol", null, List.of()))).containsExactly("Carol");
    assertThat(agents(scopes.of("u", "Bob", null, List.of()))).contains("group:17");
  }

  @Test
  void entries_of_solo_chats_say_nothing_about_groups() {
    groups.learn(entry("u", "Bob", 1, "Carol"));

    assertThat(agents(scopes.of("u", "Carol", null, List.of()))).containsExactly("Carol");
  }

  @Test
  void with_many_groups_this_one_and_those_written_last_are_searched() {
    groups.learn(entry("u", "group:1", 10, "Carol"));
    groups.learn(entry("u", "group:2", 30, "Carol"));
    groups.learn(entry("u", "group:3", 20, "Carol"));

    assertThat(agents(scopes.of("u", "Carol", "1", List.of("Carol"))))
        .containsExactly("Carol", "group:1", "group:2");
  }

  private static List<String> agents(List<Scope> scopes) {
    return scopes.stream().map(Scope::agentId).toList();
  }

  private static LedgerEntry entry(String user, String agent, long tsMs, String... members) {
    List<String> ids = List.of(members).stream().map(Mem0Ids::character).toList();
    return new LedgerEntry(
        "b",
        0,
        "c",
        "f",
        new Scope(user, agent),
        ids,
        Fate.WRITTEN,
        null,
        List.of(),
        List.of(),
        1,
        tsMs);
  }
}
