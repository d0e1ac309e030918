package dev.tavernmem0.cli.pipeline;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares the log with the files. */
final class LogCheck {
  private LogCheck() {}

  private record Said(Role role, @Nullable String user, String text, boolean hidden) {}

  private record Chat(String scope, List<Said> lines) {}

  /** What the log and a user's files do not agree on, chat by chat; empty if they agree. */
  static List<String> problems(TavernFiles files, LogView log, String handle) {
    List<Chat> logged = new ArrayList<>();
    log.chats(handle).forEach((chat, turns) -> logged.add(chat(chat.scope(), turns)));
    Map<String, String> scopes = log.scopes(handle);
    List<String> problems = new ArrayList<>();
    for (TavernFiles.FileChat file : files.chats()) {
      String scope = scopeOf(file.place(), scopes);
      if (scope == null) {
        problems.add("no scope for " + file.file());
      } else if (!logged.remove(chat(scope, file)) && !file.nameless()) {
        problems.add("not in the log: " + file.file() + " " + chat(scope, file));
      }
    }
    logged.forEach(chat -> problems.add("in no file: " + chat));
    return problems;
  }

  /** The scope of a character's directory, or of a group; null if there is none yet. */
  static @Nullable String scopeOf(String place, Map<String, String> scopes) {
    return place.startsWith("group:") ? place : scopes.get(place);
  }

  private static Chat chat(String scope, List<Turn> turns) {
    return new Chat(
        scope,
        turns.stream()
            .map(
                turn ->
                    new Said(
                        turn.role(),
                        turn.role() == Role.USER ? turn.name() : null,
                        turn.text(),
                        turn.hidden()))
            .toList());
  }

  private static Chat chat(String scope, TavernFiles.FileChat file) {
    return new Chat(
        scope,
        file.lines().stream()
            .map(line -> new Said(line.role(), line.user(), line.text(), line.hidden()))
            .toList());
  }
}
