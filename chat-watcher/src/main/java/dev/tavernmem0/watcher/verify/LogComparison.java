package dev.tavernmem0.watcher.verify;

import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.event.TurnRef;
import dev.tavernmem0.watcher.chatfile.ChatFile;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.FileStamp;
import dev.tavernmem0.watcher.rescue.ChatFold;
import dev.tavernmem0.watcher.rescue.ChatFolds;
import dev.tavernmem0.watcher.rescue.TurnReader;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.track.GoneChat;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One look at all files, beside one reading of the log. What it finds may be due to what happens
 * just then. In memory are hashes of the turns of one partition, one file, and the names of all.
 * Not thread-safe.
 */
final class LogComparison implements TurnReader {
  private final String tavern;
  private final ChatReading reading;
  private final Map<ChatPath, ChatEntry> tracked;
  private final ToIntFunction<String> forgotten;
  private final Map<String, List<ChatPath>> places = new HashMap<>();
  private final @Nullable Suspects only;
  private final Consumer<ChatFinding> found;
  private final Set<ChatPath> files;
  private final Set<ChatPath> done = new HashSet<>();
  private final Map<String, ChatFolds<LoggedTurn>> partition = new LinkedHashMap<>();
  private long turns;
  private int notCompared;

  /**
   * A look.
   *
   * @param tavern the SillyTavern's name; other ones' chats are not looked at
   * @param tracked what the watcher's state knows of each file
   * @param forgotten how many turns of a chat their user has forgotten
   * @param only these chats; null for all
   * @param found is told the chats that differ
   */
  LogComparison(
      String tavern,
      ChatReading reading,
      Map<ChatPath, ChatEntry> tracked,
      ToIntFunction<String> forgotten,
      @Nullable Suspects only,
      Consumer<ChatFinding> found) {
    this.tavern = tavern;
    this.reading = reading;
    this.tracked = tracked;
    this.forgotten = forgotten;
    this.only = only;
    this.found = found;
    this.files = new LinkedHashSet<>(reading.tree().chats());
    tracked.forEach(
        (path, entry) -> places.computeIfAbsent(entry.chatId(), id -> new ArrayList<>()).add(path));
  }

  @Override
  public boolean wants(String chatId) {
    return only == null || only.has(chatId) || places(chatId).stream().anyMatch(only::has);
  }

  @Override
  public void event(TurnEvent event) {
    String name = event.source().name();
    if (name == null || name.equals(tavern)) {
      partition
          .computeIfAbsent(event.source().chatId(), id -> new ChatFolds<>(LogComparison::fold))
          .apply(event);
    }
  }

  @Override
  public void endOfPartition() {
    partition.values().stream()
        .flatMap(chat -> chat.all().stream())
        .filter(ChatFold::isKnown)
        .forEach(
            fold -> {
              List<LoggedTurn> living = fold.living();
              if (!living.isEmpty()) {
                compare(fold.source(), living);
              }
            });
    partition.clear();
  }

  /** Looks at the files of which the log has nothing, now that it is read. */
  void end() {
    for (ChatPath path : files) {
      if (!done.contains(path) && (only == null || only.has(path))) {
        ChatFile file = read(path);
        if (file != null && isPublished(path, file) && !isForgotten(path, file)) {
          tell(Difference.Kind.CHAT_NOT_IN_LOG, path, chatId(path), null);
        }
      }
    }
  }

  /** How many files there are. */
  int files() {
    return files.size();
  }

  /** How many turns the files that were read have. */
  long turns() {
    return turns;
  }

  /** Files that cannot be read or are too large, and chats whose directory cannot be listed. */
  int notCompared() {
    return notCompared;
  }

  private static ChatFold<LoggedTurn> fold() {
    return new ChatFold<>(Long.MAX_VALUE, LoggedTurn::of);
  }

  private List<ChatPath> places(String chatId) {
    return places.getOrDefault(chatId, List.of());
  }

  private @Nullable String chatId(ChatPath path) {
    ChatEntry entry = tracked.get(path);
    return entry == null ? null : entry.chatId();
  }

  private void compare(Source source, List<LoggedTurn> logged) {
    ChatPath known = place(source);
    ChatPath path =
        known == null ? ChatPath.of(source.handle(), source.character(), source.chatFile()) : known;
    if (!reading.tree().isWanted(path)) {
      return;
    }
    boolean isThere = files.contains(path);
    if (isThere && known != null) {
      compare(known, source.chatId(), logged);
    } else if (isThere && !tracked.containsKey(path)) {
      done.add(path);
      tell(Difference.Kind.NOT_TRACKED, path, source.chatId(), null);
    } else if (isThere || isMissing(path)) {
      // A file that is there is another chat's. Of one that it knows the watcher tells by itself.
      GoneChat gone = known == null ? gone(source, logged) : null;
      tell(Difference.Kind.FILE_GONE, path, source.chatId(), gone);
    } else {
      notCompared++;
    }
  }

  /** Where a chat of this scope is, as the watcher's state says; null if it does not know it. */
  private @Nullable ChatPath place(Source source) {
    return places(source.chatId()).stream()
        .filter(
            path -> {
              String scope = Objects.requireNonNull(tracked.get(path)).scope();
              return scope == null || scope.equals(source.scope());
            })
        .max(Comparator.comparing(files::contains))
        .orElse(null);
  }

  private boolean isMissing(ChatPath path) {
    try {
      return reading.tree().canTellMissing(path);
    } catch (InvalidPathException e) {
      // No file can have a NUL in its name; but what this Java cannot read may be one of another
      // locale.
      return e.getInput().indexOf('\0') >= 0;
    }
  }

  private void compare(ChatPath path, String chatId, List<LoggedTurn> logged) {
    done.add(path);
    ChatFile file = read(path);
    if (file == null) {
      return;
    }
    List<Difference> differences =
        unexplained(chatId, TurnComparison.of(file.contents(), logged)).stream()
            .map(
                turn ->
                    new Difference(
                        turn.kind(),
                        path.handle(),
                        path.relative(),
                        chatId,
                        turn.turnId(),
                        turn.position()))
            .toList();
    if (!differences.isEmpty()) {
      found.accept(new ChatFinding(path, chatId, stamp(path), differences, null));
    }
  }

  /**
   * Without turns that the log does not have, if that can be because they were forgotten: which
   * line of the file a forgotten turn was nobody knows any more.
   */
  private List<TurnComparison.Result> unexplained(
      String chatId, List<TurnComparison.Result> results) {
    long missing = results.stream().filter(LogComparison::isMissingInLog).count();
    return missing == 0 || missing > forgotten.applyAsInt(chatId)
        ? results
        : results.stream().filter(result -> !isMissingInLog(result)).toList();
  }

  private static boolean isMissingInLog(TurnComparison.Result result) {
    return result.kind() == Difference.Kind.TURN_NOT_IN_LOG;
  }

  /** Whether it is known why the log has nothing of a chat that is there. */
  private boolean isForgotten(ChatPath path, ChatFile file) {
    String chatId = chatId(path);
    return chatId != null && file.size() <= forgotten.applyAsInt(chatId);
  }

  private @Nullable ChatFile read(ChatPath path) {
    ChatFile file = reading.read(path).orElse(null);
    if (file == null) {
      notCompared++;
    } else {
      turns += file.size();
    }
    return file;
  }

  /** SillyTavern gives a chat its name when it saves again, or the user speaks. */
  private boolean isPublished(ChatPath path, ChatFile file) {
    boolean named = tracked.containsKey(path) || file.header().integrity() != null;
    return file.size() > 0
        && (named || file.contents().stream().anyMatch(turn -> turn.role() == Role.USER));
  }

  private static GoneChat gone(Source source, List<LoggedTurn> logged) {
    return GoneChat.of(
        source, logged.stream().map(turn -> new TurnRef(turn.turnId(), turn.hexHash())).toList());
  }

  private void tell(
      Difference.Kind kind, ChatPath path, @Nullable String chatId, @Nullable GoneChat gone) {
    Difference difference =
        new Difference(kind, path.handle(), path.relative(), chatId, null, null);
    found.accept(new ChatFinding(path, chatId, stamp(path), List.of(difference), gone));
  }

  private Optional<FileStamp> stamp(ChatPath path) {
    return files.contains(path) ? reading.tree().stamp(path) : Optional.empty();
  }
}
