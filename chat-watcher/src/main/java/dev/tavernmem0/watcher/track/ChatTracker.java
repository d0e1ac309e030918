package dev.tavernmem0.watcher.track;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.watcher.diff.Change;
import dev.tavernmem0.watcher.diff.ChatDiff;
import dev.tavernmem0.watcher.diff.ChatFile;
import dev.tavernmem0.watcher.diff.ChatSnapshot;
import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.FileStamp;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.state.StateStore;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
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

  static final String RUNNING = "running";
  static final String DONE = "done";

  /** A batch is in memory several times over: as events, as JSON, in the producer's buffers. */
  private static final long MAX_BATCH_CHARS = 4L * 1024 * 1024;

  private final TavernTree tree;
  private final TrackerOptions options;
  private final StateStore store;
  private final ChatIndex index;
  private final ChatIdentity identity;
  private final Groups groups;
  private final TurnEventFactory events;
  private final Clock clock;
  private final Map<String, ChatSnapshot> changedSnapshots = new HashMap<>();
  private final Deque<Emission> ready = new ArrayDeque<>();
  private final Agenda agenda;
  private @Nullable ChatPublication current;
  private boolean inSnapshot;
  private boolean caughtUp;
  private int snapshotTurns;

  public ChatTracker(TavernTree tree, TrackerOptions options, StateStore store, Clock clock) {
    this.tree = tree;
    this.options = options;
    this.store = store;
    this.clock = clock;
    this.index = new ChatIndex(store);
    this.agenda = new Agenda(clock, options.settleFile(), options.renameWindow());
    this.identity = new ChatIdentity(index, tree, agenda);
    this.groups = new Groups(tree);
    this.events = new TurnEventFactory(options, clock);
  }

  /**
   * Begins with all the files there are; call once, before anything else.
   *
   * @param existing every chat file
   */
  public void start(Collection<ChatPath> existing) {
    String phase = store.snapshotPhase();
    inSnapshot = !DONE.equals(phase);
    Set<ChatPath> there = Set.copyOf(existing);
    // First those that are gone: a file that is new may turn out to be one of them.
    agenda.add(
        index.paths().stream()
            .filter(known -> !there.contains(known) && tree.isWanted(known))
            .toList());
    agenda.add(existing);
    if (phase == null) {
      ready.add(phase(RUNNING));
    }
    if (inSnapshot) {
      LOG.info("snapshot STARTED: {} chats, mode {}", existing.size(), options.snapshot());
    }
  }

  /** These files changed, appeared or vanished. */
  public void changed(Collection<ChatPath> paths) {
    agenda.add(paths);
  }

  /** When something has to be looked at again, milliseconds since the epoch; null for never. */
  public @Nullable Long nextLook() {
    return agenda.nextLook();
  }

  /**
   * The next records to publish, in order.
   *
   * @param most so many at most; fewer if they are long
   * @return empty if there is nothing to do now
   */
  public List<Emission> next(int most) {
    List<Emission> batch = new ArrayList<>();
    long chars = 0;
    while (batch.size() < most && chars < MAX_BATCH_CHARS) {
      Emission emission = ready.poll();
      if (emission == null && current != null && current.remaining() > 0) {
        emission = takeTurn(current);
      }
      if (emission != null) {
        batch.add(emission);
        chars += emission.chars();
      } else if (!advance()) {
        break;
      }
    }
    return batch;
  }

  private Emission takeTurn(ChatPublication publication) {
    SnapshotMarker marker = SnapshotMarker.FALSE;
    if (inSnapshot) {
      marker = SnapshotMarker.TRUE;
      snapshotTurns++;
      if (publication.remaining() == 1 && agenda.isDone()) {
        marker = SnapshotMarker.LAST;
      }
    }
    return publication.take(marker);
  }

  /** Looks at the next file; false if there is none. */
  private boolean advance() {
    current = null;
    ChatPath path = agenda.next();
    if (path == null) {
      return endSnapshot();
    }
    look(path);
    drainIndex();
    return true;
  }

  private boolean endSnapshot() {
    if (caughtUp || (inSnapshot && !agenda.isDone())) {
      return false;
    }
    caughtUp = true;
    ready.add(phase(DONE));
    if (!inSnapshot) {
      return true;
    }
    inSnapshot = false;
    LOG.info("snapshot COMPLETED: {} chats, {} turns", index.paths().size(), snapshotTurns);
    return true;
  }

  private void drainIndex() {
    while (!index.unstored().isEmpty()) {
      ready.add(index.unstored().remove());
    }
  }

  private void look(ChatPath path) {
    Optional<FileStamp> stamp = tree.stamp(path);
    if (stamp.isEmpty()) {
      missing(path);
      return;
    }
    agenda.found(path);
    try {
      read(path, stamp.get());
    } catch (IOException e) {
      if (!agenda.postpone(path)) {
        LOG.warn("cannot read {}: {}; it is tried again when it changes", path, e.toString());
      }
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
  }

  /**
   * Deletes the turns of a chat that is nowhere any more. The index has let go of it, but stores
   * that last: a crash before that deletes the remaining turns at the next start.
   */
  private void forget(ChatPath path, ChatEntry entry, Cause cause) {
    if (index.hasChat(entry.chatId())) {
      return;
    }
    long now = clock.millis();
    String saveId = "deleted-" + Long.toHexString(now);
    ChatContext chat = new ChatContext(path, entry, groups.lastKnown(path), now, saveId);
    ChatSnapshot snapshot = snapshot(entry.chatId());
    changedSnapshots.put(entry.chatId(), snapshot);
    List<Change> changes = new ArrayList<>();
    for (int i = snapshot.turns().size() - 1; i >= 0; i--) {
      changes.add(new Change.Delete(i, snapshot.turns().get(i)));
    }
    LOG.info("chat {} is gone: {} turns", entry.chatId(), changes.size());
    ChatPublication publication = publication(chat, null, snapshot, changes, cause, 0);
    while (publication.remaining() > 0) {
      ready.add(takeTurn(publication));
    }
  }

  private void read(ChatPath path, FileStamp stamp) throws IOException {
    ChatEntry known = index.get(path);
    ChatSnapshot snapshot = known == null ? new ChatSnapshot() : snapshot(known.chatId());
    ChatFile file =
        ChatFile.read(
            tree.read(path), options.maxLineBytes(), snapshot.contentByLineHash(), options.zone());
    boolean suspect = file.endsInBadLine() || (file.size() == 0 && !snapshot.turns().isEmpty());
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
    ChatEntry entry = known == null ? null : ChatIdentity.stillThatChat(known, file, snapshot);
    if (entry == null) {
      if (known != null) {
        index.remove(path);
        forget(path, known, Cause.DELETE);
      }
      entry = recognise(path, file);
      if (entry == null) {
        return;
      }
      snapshot = snapshot(entry.chatId());
    }
    agenda.finished(path);
    reportBadLines(path, entry, file);
    index.put(path, entry.seen(file.header().integrity(), file.badLines().size()));
    publish(context(path, entry, group, stamp), file, snapshot);
  }

  /** Which chat a file is that was not known; null if that cannot be told yet. */
  private @Nullable ChatEntry recognise(ChatPath path, ChatFile file) {
    String main = file.header().mainChat();
    ChatPath parent = main == null ? null : path.sibling(main);
    if (agenda.postponeUntilAfter(parent, path)) {
      return null;
    }
    ChatIdentity.Verdict verdict = identity.of(path, file, this::snapshot, !inSnapshot);
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

  private void publish(ChatContext chat, ChatFile file, ChatSnapshot snapshot) {
    ChatDiff diff = ChatDiff.between(snapshot, file);
    snapshot.refresh(diff);
    if (diff.changes().isEmpty()) {
      return;
    }
    changedSnapshots.put(chat.entry().chatId(), snapshot);
    String parent = chat.entry().parentChatId();
    int copied = parent == null ? 0 : ChatIdentity.sharedPrefix(snapshot(parent), file);
    ChatPublication publication =
        publication(chat, file, snapshot, diff.changes(), Cause.DELETE, copied);
    if (inSnapshot && options.snapshot() == SnapshotMode.NEVER) {
      drainIndex();
      ready.addAll(publication.takeSilently());
    } else {
      current = publication;
    }
  }

  private ChatPublication publication(
      ChatContext chat,
      @Nullable ChatFile file,
      ChatSnapshot snapshot,
      List<Change> changes,
      Cause deletion,
      int copied) {
    return new ChatPublication(
        chat, file, snapshot, changes, deletion, copied, store.keys(), events);
  }

  /** As published so far in this run, or as stored. */
  private ChatSnapshot snapshot(String chatId) {
    ChatSnapshot changed = changedSnapshots.get(chatId);
    return changed == null ? store.turns(chatId) : changed;
  }

  private void reportBadLines(ChatPath path, ChatEntry entry, ChatFile file) {
    if (file.badLines().size() > entry.badLines()) {
      LOG.warn(
          "{}: {} lines are no messages and are skipped, the first is line {}: {}",
          path,
          file.badLines().size(),
          file.badLines().get(0).line(),
          file.badLines().get(0).reason());
    }
  }

  private ChatContext context(
      ChatPath path, ChatEntry entry, @Nullable Group group, FileStamp stamp) {
    String saveId = Long.toHexString(stamp.modifiedNanos()) + "-" + Long.toHexString(stamp.size());
    return new ChatContext(path, entry, group, stamp.modifiedMillis(), saveId);
  }

  private Emission phase(String phase) {
    return new Emission.OfState(
        "snapshot",
        "{\"snapshot\":\"" + phase + "\"}",
        store.keys().snapshot(),
        StateStore.offset(phase));
  }
}
