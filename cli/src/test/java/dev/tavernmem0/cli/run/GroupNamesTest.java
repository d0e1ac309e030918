package dev.tavernmem0.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupNamesTest {
  @TempDir Path root;

  @Test
  void a_group_is_called_what_its_user_calls_it() throws IOException {
    write("17.json", "{\"id\":\"17\",\"name\":\"Harbour Table\"}");

    assertThat(names().of("group:17")).isEqualTo("Harbour Table");
  }

  @Test
  void a_character_has_its_own_name() {
    assertThat(names().of("Captain+Teo")).isEqualTo("Captain Teo");
  }

  @Test
  void a_group_whose_file_is_gone_or_broken_has_its_number() throws IOException {
    write("18.json", "{\"id\":\"18\",");

    assertThat(names().of("group:18")).isEqualTo("group:18");
    assertThat(names().of("group:19")).isEqualTo("group:19");
  }

  private GroupNames names() {
    return GroupNames.of(new SillyTavernRoot(root, List.of("default-user", "other")));
  }

  private void write(String name, String json) throws IOException {
    Path groups = Files.createDirectories(root.resolve("default-user").resolve("groups"));
    Files.writeString(groups.resolve(name), json);
  }
}
