package dev.tavernmem0.watcher.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.watcher.chatfile.ChatLimits;
import dev.tavernmem0.watcher.connect.FoldedChats;
import dev.tavernmem0.watcher.connect.Journal;
import dev.tavernmem0.watcher.connect.TaskRun;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.verify.ChatReading;
import dev.tavernmem0.watcher.verify.Differences;
import dev.tavernmem0.watcher.verify.FilesAndLog;
import dev.tavernmem0.watcher.view.TrackedChat;
import dev.tavernmem0.watcher.view.TrackedState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Folds the log whenever the watcher has nothing left to do, and compares: with the files, and with
 * the log as it was the time before.
 */
final class LogChecker {
  private final Path dataRoot;
  private final Journal journal;
  private final TaskRun.Delivery delivery;
  private Map<String, List<Turn>> before = Map.of();
  private SavedChats savedBefore = new SavedChats(List.of(), List.of(), List.of());

  /** What each turn that is gone said last, by chat. */
  private final Map<String, Map<String, Line>> gone = new HashMap<>();

  private int checkedEvents;
  private boolean stateLost;

  /** These were made of a state that is lost: later ones may have their event ids. */
  private int eventsOfEarlierStates;

  /** A line: who said what and when. */
  private record Line(Role role, @Nullable Instant sentAt, String text) {
    static Line of(Turn turn) {
      return new Line(turn.role(), turn.sentAt(), turn.text());
    }
  }

  LogChecker(Path dataRoot, Journal journal, TaskRun.Delivery delivery) {
    this.dataRoot = dataRoot;
    this.journal = journal;
    this.delivery = delivery;
  }

  /**
   * All state is gone. What was deleted meanwhile is not known to the watcher any more, and ids are
   * given anew.
   */
  void stateLost() throws IOException {
    stateLost = true;
    eventsOfEarlierStates = events();
    before = Map.of();
    gone.clear();
  }

  /** The log is empty. */
  void eventsLost() {
    checkedEvents = 0;
    eventsOfEarlierStates = 0;
  }

  void check() throws IOException {
    List<TurnEvent> events = journal.events();
    if (stateLost) {
      stateLost = false;
      forgetWhatCannotBeKnown(events);
      events = journal.events();
      checkedEvents = eventsOfEarlierStates;
    }
    if (delivery == TaskRun.Delivery.ATOMIC) {
      // A snapshot that did not come to its end begins again.
      assertThat(events.subList(eventsOfEarlierStates, events.size()))
          .filteredOn(event -> event.op() != Op.READ)
          .extracting(TurnEvent::eventId)
          .as("an event is published once")
          .doesNotHaveDuplicates();
    }
    Map<String, List<Turn>> now = new FoldedChats(events).turns();
    SavedChats saved = SavedChats.in(dataRoot);
    saysWhatTheFilesSay(saved, now);
    aComparisonFindsNothing(events);
    now.forEach(LogChecker::idsAreUnique);
    eachChatIsInOneScope(events);
    now.forEach(this::untouchedLinesKeepTheirIds);
    untouchedChatsKeepTheirIds(saved, now);
    rememberDeletions(events.subList(Math.min(checkedEvents, events.size()), events.size()));
    now.forEach(this::returningLinesGetTheirIds);
    checkedEvents = events.size();
    before = now;
    savedBefore = saved;
  }

  int events() throws IOException {
    return journal.events().size();
  }

  private void saysWhatTheFilesSay(SavedChats saved, Map<String, List<Turn>> log) {
    List<SavedChats.Chat> surplus = new ArrayList<>();
    log.forEach((chatId, turns) -> surplus.add(chat(chatId, turns)));
    List<SavedChats.Chat> missing = new ArrayList<>(saved.published());
    missing.removeIf(surplus::remove);
    for (SavedChats.Chat chat : saved.unnamed()) {
      surplus.remove(chat);
    }
    assertThat(missing.isEmpty() && surplus.isEmpty())
        .as(
            "in files, not in the log:\n%s\nin the log, not in files:\n%s\nids: %s",
            lines(missing), lines(surplus), log.keySet())
        .isTrue();
  }

  /** Nobody is told of differences that are none. */
  private void aComparisonFindsNothing(List<TurnEvent> events) throws IOException {
    TrackedState state = new TrackedState("tavern");
    for (Journal.Entry entry : journal.entries()) {
      if (entry.topic().equals("offsets")) {
        state.apply(entry.key(), entry.value(), 0);
      }
    }
    Map<ChatPath, ChatEntry> tracked =
        state.chats().stream().collect(Collectors.toMap(TrackedChat::path, TrackedChat::entry));
    FilesAndLog comparison =
        new FilesAndLog(
            "tavern",
            new ChatReading(
                new TavernTree(dataRoot, handle -> true),
                new ChatLimits(8 << 20, Long.MAX_VALUE),
                ZoneOffset.UTC),
            () -> tracked,
            reader -> {
              events.stream()
                  .filter(event -> reader.wants(event.source().chatId()))
                  .forEach(reader::event);
              reader.endOfPartition();
              return 0;
            },
            chatId -> 0,
            () -> {});

    Differences differences = comparison.compare(Integer.MAX_VALUE);

    assertThat(differences.counts()).as("%s", differences).isEmpty();
  }

  private static String lines(List<SavedChats.Chat> chats) {
    return chats.stream()
        .map(
            chat ->
                "  "
                    + chat.handle()
                    + chat.lines().stream()
                        .map(line -> "\n    " + line)
                        .collect(Collectors.joining()))
        .collect(Collectors.joining("\n"));
  }

  private static String handle(String chatId) {
    return chatId.substring(0, chatId.indexOf(':'));
  }

  /** A chat that moved to another scope is not said in the one before any more. */
  private static void eachChatIsInOneScope(List<TurnEvent> events) {
    Map<String, List<TurnEvent>> byScope =
        events.stream()
            .collect(
                Collectors.groupingBy(
                    event -> event.source().handle() + "/" + event.source().scope()));
    List<String> chats = new ArrayList<>();
    byScope.values().forEach(said -> chats.addAll(new FoldedChats(said).turns().keySet()));
    assertThat(chats).as("chats in all scopes").doesNotHaveDuplicates();
  }

  private static void idsAreUnique(String chatId, List<Turn> turns) {
    assertThat(turns).extracting(Turn::turnId).as("ids of %s", chatId).doesNotHaveDuplicates();
  }

  private void untouchedLinesKeepTheirIds(String chatId, List<Turn> turns) {
    Map<Line, String> old = idsOfUniqueLines(before.getOrDefault(chatId, List.of()));
    idsOfUniqueLines(turns)
        .forEach(
            (line, id) -> {
              if (old.containsKey(line)) {
                assertThat(id)
                    .as("id of %s, untouched in %s", line, chatId)
                    .isEqualTo(old.get(line));
              }
            });
  }

  /**
   * A file that is what it was, at its place or, if that is empty, elsewhere, is the same chat; as
   * long as no other file lays claim to its place or its integrity.
   */
  private void untouchedChatsKeepTheirIds(SavedChats saved, Map<String, List<Turn>> now) {
    Map<SavedChats.Chat, String> ids = idsOfUniqueChats(now);
    Map<SavedChats.Chat, String> oldIds = idsOfUniqueChats(before);
    Map<String, SavedChats.File> old = uniqueFiles(savedBefore);
    Set<Path> paths = saved.files().stream().map(SavedChats.File::path).collect(Collectors.toSet());
    uniqueFiles(saved)
        .forEach(
            (key, file) -> {
              SavedChats.File was = old.get(key);
              String oldId = was == null ? null : oldIds.get(was.chat());
              String id = ids.get(file.chat());
              boolean same =
                  was != null
                      && (was.path().equals(file.path())
                          || (!paths.contains(was.path()) && isAlone(file, saved)));
              if (same && id != null && oldId != null) {
                assertThat(id)
                    .as("chat id of %s, was %s", file.path(), was.path())
                    .isEqualTo(oldId);
              }
            });
  }

  private static Map<String, SavedChats.File> uniqueFiles(SavedChats saved) {
    Map<String, SavedChats.File> files = new HashMap<>();
    Set<String> twice = new HashSet<>();
    for (SavedChats.File file : saved.files()) {
      String key = file.chat().handle() + file.bytes();
      if (files.put(key, file) != null) {
        twice.add(key);
      }
    }
    files.keySet().removeAll(twice);
    return files;
  }

  /** Whether one file with its integrity appeared, and one vanished. */
  private boolean isAlone(SavedChats.File file, SavedChats saved) {
    return appeared(file.integrity(), savedBefore, saved) == 1
        && appeared(file.integrity(), saved, savedBefore) == 1;
  }

  private static long appeared(String integrity, SavedChats before, SavedChats after) {
    Set<Path> old = before.files().stream().map(SavedChats.File::path).collect(Collectors.toSet());
    return after.files().stream()
        .filter(one -> one.integrity().equals(integrity) && !old.contains(one.path()))
        .count();
  }

  private void rememberDeletions(List<TurnEvent> events) {
    for (TurnEvent event : events) {
      if (event.source().cause() == Cause.CHAT_DELETED) {
        gone.remove(event.source().chatId());
      }
    }
  }

  private void returningLinesGetTheirIds(String chatId, List<Turn> turns) {
    List<Turn> old = before.getOrDefault(chatId, List.of());
    Map<String, Line> vanished = gone.computeIfAbsent(chatId, id -> new HashMap<>());
    Set<String> known = old.stream().map(Turn::turnId).collect(Collectors.toSet());
    idsOfUniqueLines(turns)
        .forEach(
            (line, id) -> {
              Set<String> had = new HashSet<>();
              vanished.forEach(
                  (turnId, said) -> {
                    if (said.equals(line)) {
                      had.add(turnId);
                    }
                  });
              if (!known.contains(id) && !had.isEmpty()) {
                assertThat(had).as("id of %s, back in %s", line, chatId).contains(id);
              }
            });
    turns.forEach(turn -> vanished.remove(turn.turnId()));
    Set<String> there = turns.stream().map(Turn::turnId).collect(Collectors.toSet());
    old.stream()
        .filter(turn -> !there.contains(turn.turnId()))
        .forEach(turn -> vanished.put(turn.turnId(), Line.of(turn)));
  }

  private static Map<Line, String> idsOfUniqueLines(List<Turn> turns) {
    Map<Line, String> ids = new HashMap<>();
    Set<Line> twice = new HashSet<>();
    for (Turn turn : turns) {
      if (ids.put(Line.of(turn), turn.turnId()) != null) {
        twice.add(Line.of(turn));
      }
    }
    ids.keySet().removeAll(twice);
    return ids;
  }

  private static Map<SavedChats.Chat, String> idsOfUniqueChats(Map<String, List<Turn>> chats) {
    Map<SavedChats.Chat, String> ids = new HashMap<>();
    Set<SavedChats.Chat> twice = new HashSet<>();
    chats.forEach(
        (chatId, turns) -> {
          if (ids.put(chat(chatId, turns), chatId) != null) {
            twice.add(chat(chatId, turns));
          }
        });
    ids.keySet().removeAll(twice);
    return ids;
  }

  private static SavedChats.Chat chat(String chatId, List<Turn> turns) {
    return new SavedChats.Chat(handle(chatId), turns.stream().map(SavedChats.Said::of).toList());
  }

  /**
   * After the state was lost: chats of which no event came since have no file that gives that id.
   * Their file was deleted or renamed while nobody could know of it. An operator clears them.
   */
  private void forgetWhatCannotBeKnown(List<TurnEvent> events) throws IOException {
    Set<String> named = new HashSet<>();
    events
        .subList(eventsOfEarlierStates, events.size())
        .forEach(event -> named.add(chatInScope(event)));
    eventsOfEarlierStates =
        (int)
            events.stream()
                .limit(eventsOfEarlierStates)
                .filter(event -> named.contains(chatInScope(event)))
                .count();
    journal.keepEvents(event -> named.contains(chatInScope(event)));
  }

  private static String chatInScope(TurnEvent event) {
    return event.source().scope() + " " + event.source().chatId();
  }
}
