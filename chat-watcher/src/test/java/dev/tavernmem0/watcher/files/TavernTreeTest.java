package dev.tavernmem0.watcher.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tavernmem0.common.event.ChatKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TavernTreeTest {
  private static final ChatPath CHAT = new ChatPath("eve", "chats/Mara", "a.jsonl");

  @TempDir private Path root;

  @BeforeEach
  void directory() throws IOException {
    Files.createDirectories(root.resolve("eve/chats/Mara"));
  }

  private TavernTree tree(long maxFileBytes) {
    return tree(new ReadBound(maxFileBytes));
  }

  private TavernTree tree(ReadBound bound) {
    return new TavernTree(root, handle -> true, bound);
  }

  @Test
  void a_file_is_read_whole() throws IOException {
    byte[] bytes = new byte[1_000_003];
    new Random(1).nextBytes(bytes);
    TavernTree tree = tree(new ReadBound(bytes.length));
    Files.write(tree.resolve(CHAT), bytes);

    FileContent read = tree.read(CHAT, FileContent.EMPTY);
    assertThat(Arrays.copyOf(read.bytes(), read.length())).isEqualTo(bytes);
  }

  @Test
  void the_chats_of_all_users_that_are_wanted() throws IOException {
    for (String file :
        List.of(
            "eve/chats/Mara/1.jsonl",
            "eve/chats/Mara/1.jsonl.77",
            "eve/group chats/2.jsonl",
            "adam/chats/Teo/3.jsonl",
            "_cache/chats/Teo/4.jsonl",
            "elsewhere/5.jsonl")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.createFile(root.resolve(file));
    }
    Files.createSymbolicLink(root.resolve("eve/chats/Link"), root.resolve("elsewhere"));
    ChatPath group = ChatPath.of("eve", null, "2.jsonl");

    assertThat(new TavernTree(root, "eve"::equals).chats())
        .containsExactly(ChatPath.of("eve", "Mara", "1.jsonl"), group);
    assertThat(new TavernTree(root.resolve("none"), handle -> true).chats()).isEmpty();
    assertThat(group.kind()).isEqualTo(ChatKind.GROUP);
  }

  @Test
  void a_file_that_would_fill_the_memory_is_refused() throws IOException {
    Files.write(tree(100).resolve(CHAT), new byte[101]);

    assertThatThrownBy(() -> tree(100).read(CHAT, FileContent.EMPTY))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("101 bytes")
        .hasMessageContaining("-Xmx");
  }

  @Test
  void more_memory_allows_larger_files() {
    assertThat(ReadBound.ofMemory(512L << 20)).isEqualTo(new ReadBound(128L << 20));
    assertThat(ReadBound.ofMemory(64L << 30).maxBytes()).isEqualTo(Integer.MAX_VALUE - 8);
  }

  @Test
  void a_link_is_not_read(@TempDir Path elsewhere) throws IOException {
    Files.createSymbolicLink(
        tree(100).resolve(CHAT), Files.writeString(elsewhere.resolve("secret"), "secret"));

    assertThatThrownBy(() -> tree(100).read(CHAT, FileContent.EMPTY))
        .isInstanceOf(IOException.class);
  }

  @Test
  void a_chat_behind_a_link_is_neither_there_nor_missing(@TempDir Path elsewhere)
      throws IOException {
    ChatPath chat = new ChatPath("eve", "chats/Linked", "a.jsonl");
    Files.writeString(elsewhere.resolve("a.jsonl"), "{}");
    Files.createSymbolicLink(root.resolve("eve/chats/Linked"), elsewhere);

    assertThat(tree(100).stamp(chat)).isEmpty();
    assertThat(tree(100).canTellMissing(chat)).isFalse();
  }

  @Test
  void a_chat_is_missing_only_if_its_directory_can_be_listed() throws IOException {
    TavernTree tree = tree(100);

    assertThat(tree.canTellMissing(CHAT)).isTrue();
    assertThat(tree.canTellMissing(new ChatPath("eve", "chats/Teo", "a.jsonl"))).isTrue();
    assertThat(tree.canTellMissing(new ChatPath("eve", "group chats", "a.jsonl"))).isFalse();
    assertThat(tree.canTellMissing(new ChatPath("adam", "chats/Mara", "a.jsonl"))).isFalse();
  }
}
