package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.TurnRef;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.watcher.chatfile.ChatFile;
import dev.tavernmem0.watcher.chatfile.ChatLimits;
import dev.tavernmem0.watcher.chatfile.TooManyMessagesException;
import dev.tavernmem0.watcher.diff.Change;
import dev.tavernmem0.watcher.diff.ChatDiff;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.FileContent;
import dev.tavernmem0.watcher.files.FileStamp;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.state.StateKeys;
import dev.tavernmem0.watcher.state.StateStore;
import dev.tavernmem0.watcher.state.StoredTurns;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at chat files: which chat each is, what became of it, and what is to be published of it.
 *
 * <p>A file is looked at again a little later where it may not be finished: its last line does not
 * parse (copies are not atomic), it is empty but was not, its group is not known yet, or it looks
 * like a copy of a chat that may be about to vanish (a rename of its character). A vanished file is
 * given the rename window to appear under another name. Not thread-safe.
 */
final class ChatLooks {
  private static final Logger LOG = LoggerFactory.getLogger(ChatLooks.class);

  /** A buffer that is kept for the next file. */
  private static final long MOST_SPARE = Runtime.getRuntime().maxMemory() / 16;

  private final TavernTree tree;
  private final TrackerOptions options;
  private final StateKeys keys;
  private final ChatIndex index;
  private final KnownTurns turns;
  private final ChatIdentity identity;
  private final Groups groups;
  private final ScopeIds scopes;
  private final RenamedDirectories directories;
  private final Agenda agenda;
  private final TurnEventFactory events;
  private final Clock clock;
  private final Deque<Emission> ready;
  private final ChatLimits limits;
  private FileContent spare = FileContent.EMPTY;
  private boolean takesAsKnown;

  /** {@code ready} gets what is to be published before anything else. */
  ChatLooks(
      TavernTree tree,
      TrackerOptions options,
      StateKeys keys,
      ChatIndex index,
      KnownTurns turns,
      Groups groups,
      ScopeIds scopes,
      Agenda agenda,
      Clock clock,
      Deque<Emission> ready) {
    this.tree = tree;
    this.options = options;
    this.keys = keys;
    this.index = index;
    this.turns = turns;
    this.groups = groups;
    this.scopes = scopes;
    this.directories = new RenamedDirectories(tree, index, this::isChatOf);
    this.identity = new ChatIdentity(index, turns, tree, directories, agenda);
    this.agenda = agenda;
    this.events = new TurnEventFactory(options, clock);
    this.clock = clock;
    this.ready = ready;
    this.limits = ChatLimits.ofMemory(options.maxLineBytes(), Runtime.getRuntime().maxMemory());
  }

  /**
   * A publication under way.
   *
   * @param size how many records it has
   */
  record Task(ChatPublication publication, Look look, int size) {}

  /**
   * What a look at a file found.
   *
   * @param step of a snapshot that was asked for; null for others
   * @param live whether it was looked at because it changed
   */
  record Look(
      ChatPath path,
      FileStamp stamp,
      SnapshotRuns.@Nullable Step step,
      boolean live,
      boolean inSnapshot,
      FileContent content,
      ChatFile file) {}

  /**
   * Looks at a file.
   *
   * @param step of a snapshot that was asked for; null for others
   * @param live whether it changed
   * @param inSnapshot whether all that was there at the first start is still being published
   * @return what is to be published now; null if that is nothing
   */
  @Nullable Task look(
      ChatPath path, SnapshotRuns.@Nullable Step step, boolean live, boolean inSnapshot) {
    Optional<FileStamp> stamp = tree.stamp(path);
    if (stamp.isEmpty()) {
      missing(path);
      return null;
    }
    agenda.found(path);
    try {
      return read(path, stamp.get(), step, live, inSnapshot);
    } catch (TooManyMessagesException e) {
      return unreadable(path, e.getMessage());
    } catch (IOException e) {
      return unreadable(path, e.toString());
    }
  }

  private @Nullable Task unreadable(ChatPath path, @Nullable String why) {
    if (!agenda.postpone(path)) {
      LOG.warn("cannot read {}: {}; it is tried again when it changes", path, why);
    }
    return null;
  }

  /** Whether chats that were not known are taken as known, and not published. */
  void takeAsKnown(boolean asKnown) {
    takesAsKnown = asKnown;
  }

  /** A publication has ended. */
  void done(Task task) {
    keep(task.look().content());
  }

  private void missing(ChatPath path) {
    ChatEntry entry = index.get(path);
    if (entry == null && tree.canTellMissing(path) && tree.stamp(path).isEmpty()) {
      agenda.forget(path);
      return;
    }
    if (entry == null || !tree.canTellMissing(path)) {
      // When it is back nothing tells of it: it is as it was when it was noticed.
      agenda.unreachable(path);
      return;
    }
    if (!agenda.vanished(path)) {
      return;
    }
    index.remove(path);
    forget(path, entry, Cause.CHAT_DELETED);
    ready.addAll(index.takeUnstored());
  }

  /**
   * Deletes the turns of a chat that is nowhere any more. The index has let go of it, but stores
   * that last: a crash before that deletes the remaining turns at the next start.
   */
  private void forget(ChatPath path, ChatEntry entry, Cause cause) {
    if (!index.hasChat(entry.chatId())) {
      unsay(path, entry, cause);
    }
  }

  /**
   * Deletes the turns that the log has of a chat where the state knows nothing of it. Does nothing
   * if the chat is there after all, or if that cannot be told.
   */
  void delete(GoneChat gone) {
    ChatPath path = gone.path();
    if (index.hasChat(gone.chatId(), gone.scope()) || !isGone(path, gone.chatId())) {
      LOG.warn("chat {} is not deleted in {}: it may be there", gone.chatId(), gone.scope());
      return;
    }
    ChatEntry entry = new ChatEntry(gone.chatId(), null, gone.parentChatId()).in(gone.scope());
    ChatContext chat = gone(path, entry, gone.scope(), gone.group());
    Set<String> deleted = new HashSet<>();
    if (!index.hasChat(gone.chatId())) {
      // What is left of its turns in the state would be taken as published when it comes back.
      turns.of(entry).snapshot().turns().stream()
          .map(turn -> TurnEventFactory.turnId(chat, turn))
          .forEach(deleted::add);
      unsay(chat, Cause.CHAT_DELETED);
    }
    for (TurnRef turn : gone.turns()) {
      if (deleted.add(turn.turnId())) {
        // The turns of a chat that is elsewhere stay as they are: this state never changes.
        ready.add(
            new Emission.OfTurn(
                events.gone(chat, turn, Cause.CHAT_DELETED),
                keys.layout(),
                StateStore.layoutOffset()));
      }
    }
    LOG.info("chat {} is deleted in {}: {} turns", gone.chatId(), gone.scope(), deleted.size());
  }

  /** No file can be told to be there, or one that is another chat's. */
  private boolean isGone(ChatPath path, String chatId) {
    ChatEntry there = index.get(path);
    if (there != null) {
      return !there.chatId().equals(chatId);
    }
    try {
      return tree.isWanted(path) && tree.canTellMissing(path) && tree.stamp(path).isEmpty();
    } catch (InvalidPathException e) {
      // No file can have a NUL in its name; but what this Java cannot read may be one of another
      // locale.
      return e.getInput().indexOf('\0') >= 0;
    }
  }

  private ChatContext gone(ChatPath path, ChatEntry entry, String scope, @Nullable Group group) {
    long now = clock.millis();
    return new ChatContext(path, entry, scope, group, now, "deleted-" + Long.toHexString(now));
  }

  /** Deletes the turns of a chat where they were said. */
  private void unsay(ChatPath path, ChatEntry entry, Cause cause) {
    Group group = groups.lastKnown(path);
    String said = entry.scope();
    ChatContext chat = gone(path, entry, said == null ? scope(path, group) : said, group);
    StoredTurns stored = unsay(chat, cause);
    if (!stored.whole() || entry.snapshotting()) {
      // The log may have turns of it that are not known any more.
      ready.add(ChatPublication.ofNothing(chat, stored.snapshot(), chat.saveId(), keys, events));
    }
  }

  private StoredTurns unsay(ChatContext chat, Cause cause) {
    ChatEntry entry = chat.entry();
    StoredTurns stored = turns.of(entry);
    ChatSnapshot known = stored.snapshot();
    List<Change> changes = new ArrayList<>();
    for (int i = known.turns().size() - 1; i >= 0; i--) {
      changes.add(new Change.Delete(i, known.turns().get(i)));
    }
    LOG.info("chat {} is gone from {}: {} turns", entry.chatId(), chat.scope(), changes.size());
    ChatPublication publication =
        new ChatPublication.OfChanges(chat, null, known, changes, cause, keys, events);
    while (publication.remaining() > 0) {
      ready.add(publication.take());
    }
    turns.changed(entry.chatId(), known);
    return stored;
  }

  private @Nullable Task read(
      ChatPath path,
      FileStamp stamp,
      SnapshotRuns.@Nullable Step step,
      boolean live,
      boolean inSnapshot)
      throws IOException {
    ChatEntry known = index.get(path);
    ChatSnapshot before = known == null ? new ChatSnapshot() : turns.of(known).snapshot();
    FileContent content = tree.read(path, spare);
    spare = FileContent.EMPTY;
    ChatFile file =
        ChatFile.read(content.bytes(), content.length(), limits, before.lines(), options.zone());
    Task task = track(new Look(path, stamp, step, live, inSnapshot, content, file), known, before);
    if (task == null) {
      keep(content);
    }
    return task;
  }

  private void keep(FileContent content) {
    if (content.bytes().length <= MOST_SPARE) {
      spare = content;
    }
  }

  private @Nullable Task track(Look look, @Nullable ChatEntry known, ChatSnapshot before) {
    ChatPath path = look.path();
    ChatFile file = look.file();
    boolean suspect = file.endsInBadLine() || (file.size() == 0 && !before.turns().isEmpty());
    if (suspect && agenda.postpone(path)) {
      return null;
    }
    Group group = null;
    boolean owned = true;
    if (path.character() == null) {
      owned = groups.ownerOf(path).isPresent();
      if (!owned && agenda.postpone(path)) {
        return null;
      }
      group = groups.groupOf(path);
    }
    ChatEntry entry = known == null ? null : ChatIdentity.stillThatChat(known, file, before);
    boolean whole = false;
    if (entry == null) {
      if (known != null) {
        index.remove(path);
        forget(path, known, Cause.DELETE);
      }
      boolean unknown = index.isDamaged(path) || look.inSnapshot();
      entry = recognise(look);
      if (entry == null) {
        return null;
      }
      whole = unknown && !index.hasChat(entry.chatId());
    }
    agenda.finished(path);
    reportBadLines(path, entry, file);
    entry = entry.seen(file.header().integrity(), file.badLineCount(), file.unreadableDates());
    if (entry.parentChatId() == null) {
      entry = entry.branchOf(identity.parentOf(path, file.header()));
    }
    whole |= entry.snapshotting() || !turns.of(entry).whole() || look.step() != null;
    // What an early version published says no scope: readers cannot tell where it belongs.
    whole |= entry.scope() == null && index.hasChat(entry.chatId());
    String said = entry.scope();
    // A group chat whose group cannot be told at this moment stays where it is.
    boolean stays = !owned && said != null && Mem0Ids.isGroup(said);
    String scope = said != null && stays ? said : scope(path, group);
    boolean moved = said != null && !said.equals(scope);
    if (moved) {
      // The index says the new scope only after that: a crash before it deletes the rest first.
      unsay(path, entry, Cause.CHAT_DELETED);
    }
    ChatContext chat = context(look, entry.in(scope), scope, group);
    return publish(look, chat, turns.of(entry).snapshot(), whole, moved);
  }

  private String scope(ChatPath path, @Nullable Group group) {
    String character = path.character();
    return group == null && character != null
        ? scopes.of(path.handle(), character)
        : Mem0Ids.group(group == null ? path.stem() : group.id());
  }

  /** Which chat a file is that was not known; null if that cannot be told yet. */
  private @Nullable ChatEntry recognise(Look look) {
    ChatPath path = look.path();
    ChatFile file = look.file();
    ChatIdentity.Verdict verdict = identity.of(path, file);
    if (verdict instanceof ChatIdentity.Renamed renamed) {
      if (!hasScope(path, renamed.from())) {
        return null;
      }
      agenda.appearedElsewhere(renamed.from());
      index.move(renamed.from(), path);
      LOG.info("chat {} was renamed", renamed.entry().chatId());
      return renamed.entry();
    }
    if (verdict instanceof ChatIdentity.Unborn) {
      LOG.debug("{} has no integrity and no user turn yet", path);
      return null;
    }
    ChatIdentity.New found = (ChatIdentity.New) verdict;
    if (found.maybeRenamed() && !look.inSnapshot() && agenda.postpone(path)) {
      return null;
    }
    return hasScope(path, null) ? found.entry() : null;
  }

  /**
   * Sees to it that a renamed character keeps its scope id.
   *
   * @param from where the chat was before; null if that is not known
   * @return false if it cannot be told yet whether the character was renamed
   */
  private boolean hasScope(ChatPath path, @Nullable ChatPath from) {
    RenamedDirectories.Moved successor = directories.successor(path);
    String successorName = successor == null ? null : successor.now().character();
    if (successor != null && successorName != null && scopes.isGone(successor.known())) {
      scopes.renamed(path.handle(), scopes.idOf(successor.known()), successorName);
    }
    ChatPath before = directories.predecessor(path, from);
    String character = path.character();
    if (before == null || character == null) {
      return true;
    }
    if (scopes.isGone(before)) {
      scopes.renamed(path.handle(), scopes.idOf(before), character);
      return true;
    }
    // Its directory may be about to go: a rename is copies first, and deletions then.
    return !agenda.postpone(path);
  }

  private boolean isChatOf(ChatPath path, ChatPath known) {
    ChatEntry entry = index.get(known);
    if (entry == null) {
      return false;
    }
    try {
      ChatSnapshot snapshot = turns.of(entry).snapshot();
      FileContent content = tree.read(path, FileContent.EMPTY);
      ChatFile file =
          ChatFile.read(
              content.bytes(), content.length(), limits, snapshot.lines(), options.zone());
      String integrity = entry.integrity();
      return (integrity != null && integrity.equals(file.header().integrity()))
          || ChatDiff.related(snapshot, file);
    } catch (TooManyMessagesException | IOException e) {
      return false;
    }
  }

  private @Nullable Task publish(
      Look look, ChatContext chat, ChatSnapshot known, boolean whole, boolean moved) {
    ChatFile file = look.file();
    boolean inSnapshot = look.inSnapshot();
    known.forgetGoneBefore(clock.millis() - options.returnWindow().toMillis());
    ChatDiff diff = ChatDiff.between(known, file);
    known.refresh(diff);
    ChatEntry entry = chat.entry();
    boolean asAll = whole && !takesAsKnown;
    if (diff.changes().isEmpty() && !asAll) {
      index.put(chat.path(), entry);
      store(inSnapshot);
      return null;
    }
    ChatPublication publication =
        asAll
            ? new ChatPublication.OfAll(
                chat,
                file,
                known,
                diff.changes(),
                look.step() == null ? chat.saveId() + "-" + clock.millis() : look.step().runId(),
                inSnapshot ? SnapshotMarker.TRUE : SnapshotMarker.INCREMENTAL,
                keys,
                events)
            : new ChatPublication.OfChanges(
                chat, file, known, diff.changes(), Cause.DELETE, keys, events);
    index.put(chat.path(), entry.snapshotting(asAll));
    store(inSnapshot && !moved);
    turns.changed(entry.chatId(), known);
    if (publication instanceof ChatPublication.OfChanges changes && whole) {
      ready.addAll(changes.takeSilently());
      index.put(chat.path(), entry.in(publication.blocks()));
      return null;
    }
    return new Task(publication, look, publication.remaining());
  }

  private void reportBadLines(ChatPath path, ChatEntry entry, ChatFile file) {
    if (file.badLineCount() > entry.badLines()) {
      LOG.warn(
          "{}: {} lines are no messages and are skipped, the first is line {}: {}",
          path,
          file.badLineCount(),
          file.badLines().get(0).line(),
          file.badLines().get(0).reason());
    }
  }

  private static ChatContext context(
      Look look, ChatEntry entry, String scope, @Nullable Group group) {
    FileStamp stamp = look.stamp();
    String saveId = Long.toHexString(stamp.modifiedNanos()) + "-" + Long.toHexString(stamp.size());
    return new ChatContext(look.path(), entry, scope, group, stamp.modifiedMillis(), saveId);
  }

  /**
   * At once, except amid the first snapshot, where what many chats have in common is stored once.
   */
  private void store(boolean inSnapshot) {
    if (!inSnapshot) {
      ready.addAll(index.takeUnstored());
    }
  }
}
