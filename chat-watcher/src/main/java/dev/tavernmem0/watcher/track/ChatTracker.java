package dev.tavernmem0.watcher.track;

import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.files.FileStamp;
import dev.tavernmem0.watcher.files.TavernTree;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.state.StateStore;
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
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns "these files changed" into events: says which file is looked at next, what has to give way
 * to what, and where the snapshots are. Not thread-safe.
 */
public final class ChatTracker {
  private static final Logger LOG = LoggerFactory.getLogger(ChatTracker.class);

  private static final String RUNNING = "running";
  private static final String DONE = "done";

  /** A batch is in memory several times over: as events, as JSON, in the producer's buffers. */
  private static final long MAX_BATCH_CHARS = 4L * 1024 * 1024;

  private final TavernTree tree;
  private final TrackerOptions options;
  private final StateStore store;
  private final ChatIndex index;
  private final KnownTurns turns;
  private final Groups groups;
  private final SnapshotRuns runs;
  private final ScopeIds scopes;
  private final ChatLooks looks;
  private final Clock clock;
  private final Deque<Emission> ready = new ArrayDeque<>();
  private final Agenda agenda;
  private ChatLooks.@Nullable Task current;
  private ChatLooks.@Nullable Task suspended;
  private boolean inSnapshot;
  private boolean caughtUp;
  private long nextSignal;

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
    // A missing group is looked for again as often as that.
    this.groups = new Groups(tree, clock, options.settleFile().dividedBy(10));
    this.runs = new SnapshotRuns(store, clock, options.name());
    this.scopes = new ScopeIds(store, tree, index, clock, ready);
    this.looks =
        new ChatLooks(
            tree, options, store.keys(), index, turns, groups, scopes, agenda, clock, ready);
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
    // Only once: when the state is lost later, the log has turns that must be made right.
    looks.takeAsKnown(options.snapshot() == SnapshotMode.NEVER && !DONE.equals(phase));
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
      scopes.tellAll(
          existing.stream().map(ChatPath::handle).collect(Collectors.toCollection(TreeSet::new)));
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
    } else if (signal instanceof Signal.DeleteChat delete) {
      if (inSnapshot) {
        LOG.warn("chat {} is not deleted: not all files were looked at", delete.chat().chatId());
      } else {
        looks.delete(delete.chat());
      }
    }
  }

  /** Whether something waits to be given out that takes memory until it is. */
  public boolean hasReady() {
    return !ready.isEmpty();
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

  private Emission take(ChatLooks.Task task) {
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
      ChatLooks.Task ended = current;
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
    SnapshotRuns.Step step =
        inSnapshot ? null : runs.next(index.paths(), this::isOf, this::chatIdOf);
    if (step != null) {
      // It may have been renamed since the snapshot began.
      ChatPath now = index.pathOf(step.chatId(), step.path());
      look(now, step, false);
      if (current == null) {
        owe(now);
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
    // A file that is missing may be under another name in a moment.
    long modified = stamp.map(FileStamp::modifiedMillis).orElse(clock.millis());
    return entry != null
        && tree.isWanted(path)
        && selection.matches(path, entry.chatId(), groups.lastKnown(path), modified);
  }

  private String chatIdOf(ChatPath path) {
    ChatEntry entry = index.get(path);
    return entry == null ? "" : entry.chatId();
  }

  private void end(ChatLooks.Task task) {
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
    looks.done(task);
  }

  private boolean endSnapshot() {
    if (caughtUp || (inSnapshot && !agenda.isDone())) {
      return false;
    }
    caughtUp = true;
    looks.takeAsKnown(false);
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
    current = looks.look(path, step, live, inSnapshot);
    ChatEntry entry = index.get(path);
    boolean anew =
        suspended != null
            && (suspended.look().path().equals(path)
                || (entry != null && suspended.publication().chatId().equals(entry.chatId())));
    if (suspended != null && anew) {
      giveUp(suspended);
    }
  }

  /** Its chat is looked at anew, and still marked as one that has to be published in full. */
  private void giveUp(ChatLooks.Task task) {
    suspended = null;
    SnapshotRuns.Step step = task.look().step();
    if (step != null) {
      runs.published(step, 0);
    }
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
