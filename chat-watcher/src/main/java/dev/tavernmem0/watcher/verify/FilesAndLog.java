package dev.tavernmem0.watcher.verify;

import dev.tavernmem0.watcher.files.ChatPath;
import dev.tavernmem0.watcher.rescue.TurnReader;
import dev.tavernmem0.watcher.state.ChatEntry;
import dev.tavernmem0.watcher.track.GoneChat;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Compares chat files with the log, and changes nothing. What differs is looked at again after a
 * pause that is long enough for the watcher to publish what it sees; only what still differs then,
 * with the file as it was, is told. Not thread-safe.
 */
public final class FilesAndLog {
  private final String tavern;
  private final ChatReading reading;
  private final Supplier<Map<ChatPath, ChatEntry>> tracked;
  private final ToIntFunction<TurnReader> log;
  private final ToIntFunction<String> forgotten;
  private final Runnable pause;

  /**
   * A comparison.
   *
   * @param tavern the SillyTavern's name
   * @param reading of its files
   * @param tracked asks the watcher's state for what it knows of each file
   * @param log reads the log from its beginning to its end, and tells how many of its records
   *     cannot be read
   * @param forgotten how many turns of a chat their user has forgotten: the file may have them yet
   * @param pause waits for the watcher to publish what it sees
   */
  public FilesAndLog(
      String tavern,
      ChatReading reading,
      Supplier<Map<ChatPath, ChatEntry>> tracked,
      ToIntFunction<TurnReader> log,
      ToIntFunction<String> forgotten,
      Runnable pause) {
    this.tavern = tavern;
    this.reading = reading;
    this.tracked = tracked;
    this.log = log;
    this.forgotten = forgotten;
    this.pause = pause;
  }

  /**
   * Compares all.
   *
   * @param most of each kind are told
   */
  public Differences compare(int most) {
    Suspects suspects = new Suspects();
    LogComparison first =
        new LogComparison(tavern, reading, tracked.get(), forgotten, null, suspects::add);
    int unreadable = log.applyAsInt(first);
    first.end();
    Tally tally = new Tally(most, suspects);
    int notCompared = first.notCompared();
    if (!suspects.isEmpty()) {
      pause.run();
      LogComparison second =
          new LogComparison(tavern, reading, tracked.get(), forgotten, suspects, tally::add);
      unreadable = Math.max(unreadable, log.applyAsInt(second));
      second.end();
      notCompared = Math.max(notCompared, second.notCompared());
    }
    return new Differences(
        first.files(),
        first.turns(),
        tally.busy,
        notCompared,
        unreadable,
        tally.counts,
        tally.told);
  }

  /**
   * Those of some chats that the log has where neither a file nor the watcher's state has them, as
   * they are at this moment: whoever deletes one has to look again.
   */
  public List<GoneChat> gone(Set<String> chatIds) {
    List<GoneChat> gone = new ArrayList<>();
    LogComparison look =
        new LogComparison(
            tavern,
            reading,
            tracked.get(),
            forgotten,
            Suspects.of(chatIds),
            finding -> {
              if (finding.gone() != null) {
                gone.add(finding.gone());
              }
            });
    var unused = log.applyAsInt(look);
    return gone;
  }

  /** What the second look has found. */
  private static final class Tally {
    private final Map<Difference.Kind, Integer> counts = new EnumMap<>(Difference.Kind.class);
    private final List<Difference> told = new ArrayList<>();
    private final int most;
    private final Suspects suspects;
    private int busy;

    private Tally(int most, Suspects suspects) {
      this.most = most;
      this.suspects = suspects;
    }

    private void add(ChatFinding finding) {
      if (!suspects.confirm(finding)) {
        busy++;
        return;
      }
      for (Difference difference : finding.differences()) {
        if (counts.merge(difference.kind(), 1, Integer::sum) <= most) {
          told.add(difference);
        }
      }
    }
  }
}
