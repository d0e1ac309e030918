package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.watcher.diff.Change;
import dev.tavernmem0.watcher.diff.ChatDiff;
import dev.tavernmem0.watcher.diff.ChatFile;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.FileContent;
import dev.tavernmem0.watcher.files.FileStamp;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.state.StateStore;
import dev.tavernmem0.watcher.state.StoredTurns;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns "these files changed" into events. Not thread-safe.
 *
 * <p>A file is looked at again a little later where it may not be finished: its last line does not
 * parse (copies are not atomic), it is empty but was not, its group is not known yet, or it looks
 * like a copy of a chat that may be about to vanish (a rename of its character). A vanished file is
 * given the rename window to appear under another name.
 */
public final class ChatTracker {
  private static final Logger LOG = LoggerFactory.getLogger(ChatTracker.class);

  private static final String RUNNING = "running";
  private static final String DONE = "done";

  /** A batch is in memory several times over: as events, as JSON, in the producer's buffers. */
  private static final long MAX_BATCH_CHARS = 4L * 1024 * 1024;

  /** A buffer that is kept for the next file. */
  private static final long MOST_SPARE = Runtime.getRuntime().maxMemory() / 16;

  private final TavernTree tree;
  private final TrackerOptions options;
  private final StateStore store;
  private final ChatIndex index;
  private final KnownTurns turns;
  private final ChatIdentity identity;
  private final Groups groups;
  private final SnapshotRuns runs;
  private final TurnEventFactory events;
  private final Clock clock;
  private FileContent spare = FileContent.EMPTY;
  private final Deque<Emission> ready = new ArrayDeque<>();
  private final Agenda agenda;
  private @Nullable Task current;
  private @Nullable Task suspended;
  private boolean inSnapshot;
  private boolean caughtUp;
  private long nextSignal;

  /**
   * A publication under way.
   *
   * @param size how many records it has
   */
  private record Task(ChatPublication publication, Look look, int size) {}

  /**
   * A tracker.
   *
   * @throws dev.tavernmem0.watcher.state.UnknownLayoutException if the state is of a newer version
   */
  public ChatTracker(TavernTree tree, TrackerOptions options, StateStore store, Clock clock) {
    this.tree = tree;
    this.options = options;
    this.store = store;
    this.clock = clock;
    if (!store.hasLayout()) {
      ready.add(
          new Emission.OfState("layout", null, store.keys().layout(), StateStore.layoutOffset()));
    }
    this.index = new ChatIndex(store);
    this.turns = new KnownTurns(store);
    this.agenda = new Agenda(clock, options.settleFile(), options.renameWindow());
    this.identity = new ChatIdentity(index, turns, tree, agenda);
    // A missing group is looked for again as often as that.
    this.groups = new Groups(tree, clock, options.settleFile().dividedBy(10));
    this.runs = new SnapshotRuns(store, clock, options.name());
    this.events = new TurnEventFactory(options, clock);
    String next = store.text(store.keys().signals());
    this.nextSignal = next == null || !next.matches("\\d{1,18}") ? -1 : Long.parseLong(next);
  }

  /**
   * Begins with all the files there are; call once, before anything else.
   *
   * @param existing every chat file
   */
  public void start(Collection<ChatPath> existing) {
    String phase = store.snapshotPhase();
    inSnapshot = !DONE.equals(phase) || index.isLost();
    Set<ChatPath> there = Set.copyOf(existing);
    // First those that are gone: a file that is new may turn out to be one of them.
    agenda.addBacklog(
        index.paths().stream()
            .filter(known -> !there.contains(known) && tree.isWanted(known))
            .toList());
    agenda.addBacklog(existing);
    boolean recover =
        phase != null
            && options.snapshot() == SnapshotMode.RECOVERY
            && !mode().equals(store.snapshotMode())
            && !runs.hasUnfinished(SnapshotRun.Type.RECOVERY);
    if (recover) {
      runs.add(
          SnapshotRun.queued(
              "recovery-" + clock.millis(),
              SnapshotRun.Type.RECOVERY,
              SnapshotSelection.ALL,
              clock.millis()));
    }
    if (inSnapshot) {
      runs.beginInitial(existing.size());
      LOG.info("snapshot STARTED: {} chats, mode {}", existing.size(), options.snapshot());
    }
    ready.addAll(runs.takeUnstored());
    if (inSnapshot) {
      ready.add(phase(RUNNING));
    }
  }

  /** These files changed, appeared or vanished. */
  public void changed(Collection<ChatPath> paths) {
    agenda.add(paths);
  }

  /** Does what an operator asks for; asked twice, it is done once. */
  public void obey(Signal signal) {
    if (signal instanceof Signal.Execute execute) {
      runs.add(
          SnapshotRun.queued(
              execute.id(),
              SnapshotRun.Type.INCREMENTAL,
              execute.selection(),
              execute.requestedMs()));
    } else if (signal instanceof Signal.Pause pause) {
      runs.pause(pause.snapshotId());
    } else if (signal instanceof Signal.Resume resume) {
      runs.resume(resume.snapshotId());
    } else if (signal instanceof Signal.Stop stop) {
      runs.cancel(stop.snapshotId());
    }
  }

  /** The signals before this offset were taken, and are not to be read again. */
  public void signalsRead(long nextOffset) {
    if (nextOffset == nextSignal) {
      return;
    }
    nextSignal = nextOffset;
    ready.addAll(runs.takeUnstored());
    String next = Long.toString(nextOffset);
    ready.add(new Emission.OfState("signals", null, store.keys().signals(), offset(next)));
  }

  /** Where the signals that were not taken begin; null if that was never stored. */
  public @Nullable Long nextSignal() {
    return nextSignal < 0 ? null : Long.valueOf(nextSignal);
  }

  /**
   * The state of all records that were handed out before the last call but one is stored. May be
   * called from another thread.
   */
  public void committed() {
    turns.committed();
  }

  /** When something has to be looked at again, milliseconds since the epoch; null for never. */
  public @Nullable Long nextLook() {
    return agenda.nextLook();
  }

  /**
   * The next records to publish, in order.
   *
   * @param most so many turns at most, besides the records of the state; fewer if they are long
   * @return empty if there is nothing to do now
   */
  public List<Emission> next(int most) {
    giveWayToLive();
    List<Emission> batch = new ArrayList<>();
    long chars = 0;
    while (batch.size() < most && chars < MAX_BATCH_CHARS) {
      Emission emission = ready.poll();
      if (emission == null && current != null && current.publication().remaining() > 0) {
        emission = take(current);
      }
      if (emission != null) {
        batch.add(emission);
        chars += emission.chars();
      } else if (!advance()) {
        break;
      }
    }
    if (ready.isEmpty()) {
      batch.addAll(index.takeUnstored());
      batch.addAll(runs.takeUnstored());
    }
    return batch;
  }

  /** What was there before does not make a change wait. */
  private void giveWayToLive() {
    if (current != null) {
      turns.changed(current.publication().chatId(), current.publication().known());
    }
    if (suspended != null) {
      turns.changed(suspended.publication().chatId(), suspended.publication().known());
    }
    turns.trim();
    boolean interrupted = current != null && !current.look().live() && suspended == null;
    if (interrupted && agenda.hasLive()) {
      suspended = current;
      current = null;
    }
  }

  private Emission take(Task task) {
    boolean lastOfAll =
        inSnapshot && suspended == null && task.publication().remaining() == 1 && agenda.isDone();
    if (lastOfAll && task.publication() instanceof ChatPublication.OfAll all) {
      all.endsAll();
    }
    return task.publication().take();
  }

  /** Goes on to what is next; false if there is nothing. */
  private boolean advance() {
    if (current != null) {
      Task ended = current;
      current = null;
      end(ended);
      return true;
    }
    boolean live = agenda.hasLive();
    if (!live && suspended != null) {
      current = suspended;
      suspended = null;
      return true;
    }
    ChatPath path = agenda.next();
    if (path != null) {
      look(path, null, live);
      if (inSnapshot && !live) {
        runs.initialLooked(path, current == null ? 0 : current.size());
      }
      return true;
    }
    SnapshotRuns.Step step = inSnapshot ? null : runs.next(index.paths(), this::isOf);
    if (step != null) {
      look(step.path(), step, false);
      if (current == null) {
        owe(step.path());
        runs.published(step, 0);
      }
      return true;
    }
    return endSnapshot();
  }

  /** A chat that cannot be published in full now is, when it can. */
  private void owe(ChatPath path) {
    ChatEntry entry = index.get(path);
    if (entry != null) {
      index.put(path, entry.snapshotting(true));
      store();
    }
  }

  private boolean isOf(SnapshotSelection selection, ChatPath path) {
    ChatEntry entry = index.get(path);
    Optional<FileStamp> stamp = tree.stamp(path);
    return entry != null
        && stamp.isPresent()
        && selection.matches(
            path, entry.chatId(), groups.lastKnown(path), stamp.get().modifiedMillis());
  }

  private void end(Task task) {
    ChatPublication publication = task.publication();
    turns.changed(publication.chatId(), publication.known());
    ChatPath path = publication.chat().path();
    ChatEntry entry = index.get(path);
    if (entry != null && entry.chatId().equals(publication.chatId())) {
      // After the turns: a block that is said to be there and is not would count as lost.
      index.put(path, entry.in(publication.blocks()).snapshotting(false));
      store();
    }
    SnapshotRuns.Step step = task.look().step();
    if (step != null) {
      runs.published(step, task.size());
    }
    keep(task.look().content());
  }

  private boolean endSnapshot() {
    if (caughtUp || (inSnapshot && !agenda.isDone())) {
      return false;
    }
    caughtUp = true;
    ready.addAll(index.takeUnstored());
    runs.endInitial();
    ready.addAll(runs.takeUnstored());
    ready.add(phase(DONE));
    if (inSnapshot) {
      inSnapshot = false;
      LOG.info("snapshot COMPLETED: {} chats", index.size());
    }
    return true;
  }

  /**
   * At once, except amid the first snapshot, where what many chats have in common is stored once.
   */
  private void store() {
    if (!inSnapshot) {
      ready.addAll(index.takeUnstored());
    }
  }

  private void look(ChatPath path, SnapshotRuns.@Nullable Step step, boolean live) {
    if (suspended != null && suspended.look().path().equals(path)) {
      giveUp(suspended);
    }
    Optional<FileStamp> stamp = tree.stamp(path);
    if (stamp.isEmpty()) {
      missing(path);
      return;
    }
    agenda.found(path);
    try {
      read(path, stamp.get(), step, live);
    } catch (IOException e) {
      if (!agenda.postpone(path)) {
        LOG.warn("cannot read {}: {}; it is tried again when it changes", path, e.toString());
      }
    }
  }

  /** Its chat is looked at anew, and still marked as one that has to be published in full. */
  private void giveUp(Task task) {
    suspended = null;
    SnapshotRuns.Step step = task.look().step();
    if (step != null) {
      runs.published(step, 0);
    }
  }

  private void missing(ChatPath path) {
    ChatEntry entry = index.get(path);
    if (entry == null || !tree.canTellMissing(path)) {
      agenda.forget(path);
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
    identity.forget(entry);
    if (index.hasChat(entry.chatId())) {
      return;
    }
    long now = clock.millis();
    String saveId = "deleted-" + Long.toHexString(now);
    ChatContext chat = new ChatContext(path, entry, groups.lastKnown(path), now, saveId);
    ChatSnapshot known = turns.of(entry).snapshot();
    List<Change> changes = new ArrayList<>();
    for (int i = known.turns().size() - 1; i >= 0; i--) {
      changes.add(new Change.Delete(i, known.turns().get(i)));
    }
    LOG.info("chat {} is gone: {} turns", entry.chatId(), changes.size());
    ChatPublication publication =
        new ChatPublication.OfChanges(chat, null, known, changes, cause, 0, store.keys(), events);
    while (publication.remaining() > 0) {
      ready.add(publication.take());
    }
    turns.changed(entry.chatId(), known);
  }

  /**
   * What a look at a file found.
   *
   * @param step of a snapshot that was asked for; null for others
   * @param live whether it was looked at because it changed
   */
  private record Look(
      ChatPath path,
      FileStamp stamp,
      SnapshotRuns.@Nullable Step step,
      boolean live,
      FileContent content,
      ChatFile file) {}

  private void read(ChatPath path, FileStamp stamp, SnapshotRuns.@Nullable Step step, boolean live)
      throws IOException {
    ChatEntry known = index.get(path);
    ChatSnapshot before = known == null ? new ChatSnapshot() : turns.of(known).snapshot();
    FileContent content = tree.read(path, spare);
    spare = FileContent.EMPTY;
    ChatFile file =
        ChatFile.read(
            content.bytes(),
            content.length(),
            options.maxLineBytes(),
            before.lines(),
            options.zone());
    track(new Look(path, stamp, step, live, content, file), known, before);
    if (current == null) {
      keep(content);
    }
  }

  private void keep(FileContent content) {
    if (content.bytes().length <= MOST_SPARE) {
      spare = content;
    }
  }

  private void track(Look look, @Nullable ChatEntry known, ChatSnapshot before) {
    ChatPath path = look.path();
    ChatFile file = look.file();
    boolean suspect = file.endsInBadLine() || (file.size() == 0 && !before.turns().isEmpty());
    if (suspect && agenda.postpone(path)) {
      return;
    }
    Group group = null;
    if (path.character() == null) {
      Optional<Group> owner = groups.ownerOf(path);
      if (owner.isEmpty() && agenda.postpone(path)) {
        return;
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
      boolean unknown = index.isDamaged(path) || inSnapshot;
      entry = recognise(path, file);
      if (entry == null) {
        return;
      }
      whole = unknown && !index.hasChat(entry.chatId());
    }
    agenda.finished(path);
    identity.looked(path, entry, file);
    reportBadLines(path, entry, file);
    entry = entry.seen(file.header().integrity(), file.badLineCount(), file.unreadableDates());
    StoredTurns stored = turns.of(entry);
    whole |= entry.snapshotting() || !stored.whole() || look.step() != null;
    publish(look, context(look, entry, group), stored.snapshot(), whole);
  }

  /** Which chat a file is that was not known; null if that cannot be told yet. */
  private @Nullable ChatEntry recognise(ChatPath path, ChatFile file) {
    String main = file.header().mainChat();
    ChatPath parent = main == null ? null : path.sibling(main);
    if (agenda.postponeUntilAfter(parent, path)) {
      return null;
    }
    ChatIdentity.Verdict verdict = identity.of(path, file);
    if (verdict instanceof ChatIdentity.Renamed renamed) {
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
    if (found.maybeRenamed() && !inSnapshot && agenda.postpone(path)) {
      return null;
    }
    return found.entry();
  }

  private void publish(Look look, ChatContext chat, ChatSnapshot known, boolean whole) {
    ChatFile file = look.file();
    if (suspended != null && suspended.publication().chatId().equals(chat.entry().chatId())) {
      // The chat has another path by now.
      giveUp(suspended);
    }
    known.forgetGoneBefore(clock.millis() - options.returnWindow().toMillis());
    ChatDiff diff = ChatDiff.between(known, file);
    known.refresh(diff);
    ChatEntry entry = chat.entry();
    String parent = entry.parentChatId();
    boolean asAll = whole && (options.snapshot() != SnapshotMode.NEVER || !inSnapshot);
    if (diff.changes().isEmpty() && !asAll) {
      index.put(chat.path(), entry);
      store();
      return;
    }
    int copied =
        parent == null
            ? 0
            : ChatIdentity.sharedPrefix(
                turns.of(new ChatEntry(parent, null, null)).snapshot(), file);
    ChatPublication publication =
        asAll
            ? new ChatPublication.OfAll(
                chat,
                file,
                known,
                diff.changes(),
                look.step() == null ? chat.saveId() + "-" + clock.millis() : look.step().runId(),
                inSnapshot ? SnapshotMarker.TRUE : SnapshotMarker.INCREMENTAL,
                copied,
                store.keys(),
                events)
            : new ChatPublication.OfChanges(
                chat, file, known, diff.changes(), Cause.DELETE, copied, store.keys(), events);
    index.put(chat.path(), entry.snapshotting(asAll));
    store();
    turns.changed(entry.chatId(), known);
    if (publication instanceof ChatPublication.OfChanges changes && whole) {
      ready.addAll(changes.takeSilently());
      index.put(chat.path(), entry.in(publication.blocks()));
    } else {
      current = new Task(publication, look, publication.remaining());
    }
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

  private static ChatContext context(Look look, ChatEntry entry, @Nullable Group group) {
    FileStamp stamp = look.stamp();
    String saveId = Long.toHexString(stamp.modifiedNanos()) + "-" + Long.toHexString(stamp.size());
    return new ChatContext(look.path(), entry, group, stamp.modifiedMillis(), saveId);
  }

  private String mode() {
    return options.snapshot().name().toLowerCase(Locale.ROOT);
  }

  private Emission phase(String phase) {
    return new Emission.OfState(
        "snapshot",
        "{\"snapshot\":\"" + phase + "\"}",
        store.keys().snapshot(),
        StateStore.snapshotOffset(phase, mode()));
  }

  private static Map<String, Object> offset(String value) {
    return StateStore.offset(value);
  }
}
