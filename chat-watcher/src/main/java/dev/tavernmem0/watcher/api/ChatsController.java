package dev.tavernmem0.watcher.api;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.service.problem.RefusedException;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.GroupDirectory;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.host.WatcherProperties;
import dev.tavernmem0.watcher.view.StateTopic;
import dev.tavernmem0.watcher.view.TrackedChat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/chats}: what is tracked. Holds no chat text. Thread-safe. */
@RestController
class ChatsController {
  private static final int MAX_LIMIT = 1000;
  private static final Duration GROUPS_FRESH = Duration.ofSeconds(1);

  private final StateTopic state;
  private final TavernTree tree;
  private final Map<String, GroupDirectory> groups = new HashMap<>();

  ChatsController(StateTopic state, WatcherProperties properties) {
    this.state = state;
    this.tree = new TavernTree(properties.connectorConfig().dataRoot(), handle -> true);
  }

  /**
   * A chat.
   *
   * @param character avatar file's stem; null for a group chat
   * @param group null for a solo chat, and where no group lists the chat
   * @param file below the user's directory
   * @param turns that it has
   * @param changedAt when its turns were last stored
   * @param badLines of its file, skipped
   * @param unreadableDates of its messages, which count as said at no known time
   */
  record Chat(
      String handle,
      @Nullable String character,
      @Nullable GroupName group,
      String file,
      String chatId,
      @Nullable String parentChatId,
      int turns,
      @Nullable Instant changedAt,
      int badLines,
      int unreadableDates) {}

  /** A group, without its members. */
  record GroupName(String id, String name) {}

  /**
   * Some of the chats.
   *
   * @param total of the chats that were asked for, on all pages
   * @param next what {@code after} has to be for the next page; null on the last one
   */
  record Page(List<Chat> chats, int total, @Nullable String next) {}

  @GetMapping("/v1/chats")
  Page chats(
      @RequestParam(name = "handle", required = false) @Nullable String handle,
      @RequestParam(name = "character", required = false) @Nullable String character,
      @RequestParam(name = "limit", defaultValue = "100") int limit,
      @RequestParam(name = "after", defaultValue = "") String after) {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw RefusedException.invalidField("limit", limit, "send a number from 1 to " + MAX_LIMIT);
    }
    List<TrackedChat> wanted =
        state.chats().stream()
            .filter(chat -> handle == null || handle.equals(chat.path().handle()))
            .filter(chat -> character == null || character.equals(chat.path().character()))
            .toList();
    List<TrackedChat> rest =
        wanted.stream().filter(chat -> chat.path().toString().compareTo(after) > 0).toList();
    List<TrackedChat> page = rest.stream().limit(limit).toList();
    return new Page(
        page.stream().map(this::chat).toList(),
        wanted.size(),
        page.size() < rest.size() ? page.get(page.size() - 1).path().toString() : null);
  }

  private Chat chat(TrackedChat chat) {
    ChatPath path = chat.path();
    return new Chat(
        path.handle(),
        path.character(),
        path.character() == null ? group(path) : null,
        path.relative(),
        chat.entry().chatId(),
        chat.entry().parentChatId(),
        chat.turns(),
        chat.changedAt(),
        chat.entry().badLines(),
        chat.entry().unreadableDates());
  }

  private synchronized @Nullable GroupName group(ChatPath path) {
    Group group =
        groups
            .computeIfAbsent(
                path.handle(),
                handle -> new GroupDirectory(tree.groups(handle), Clock.systemUTC(), GROUPS_FRESH))
            .ownerOf(path.stem())
            .orElse(null);
    return group == null ? null : new GroupName(group.id(), group.name());
  }
}
