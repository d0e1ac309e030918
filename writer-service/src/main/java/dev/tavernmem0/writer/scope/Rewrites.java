package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written again together: by the batch that held it, or the words it replaces, and
 * that is retracted or about to be. Not thread-safe.
 */
final class Rewrites {
  private static final char PART = '/';

  private final Map<String, Group> groups = new LinkedHashMap<>();

  /** What is first written when. */
  enum Turn {
    /** Of what users do now. */
    LIVE,
    /** Behind what else there is of that, because mem0 refused it. */
    LIVE_BEHIND,
    /** Of a replay. */
    BACKLOG
  }

  private record Group(Instant since, Instant notBefore, Lane lane, Set<Utterance> utterances) {}

  /** The name of what is to be written again of one part of a batch. */
  static String part(String batchId, int number) {
    return batchId + PART + number;
  }

  /** The batch of such a name, or of the name of all that is to be written again of one. */
  static String batchOf(String name) {
    int part = name.indexOf(PART);
    return part < 0 ? name : name.substring(0, part);
  }

  /**
   * An utterance is to be written again with what else was in the batch.
   *
   * @param lane of all of them, if it is the first one, or {@link Lane#LIVE}
   */
  void add(String batchId, Utterance utterance, Lane lane, Instant now) {
    add(batchId, utterance, lane, now, now);
  }

  /** As {@link #add}, but it is not to be written yet. */
  void addLater(String batchId, Utterance utterance, Instant now, Instant notBefore) {
    add(batchId, utterance, Lane.LIVE, now, notBefore);
  }

  private void add(String batchId, Utterance utterance, Lane lane, Instant now, Instant notBefore) {
    utterance.rewriteWith(batchId);
    Group known = groups.get(batchId);
    if (known == null) {
      groups.put(batchId, new Group(now, notBefore, lane, new LinkedHashSet<>(Set.of(utterance))));
      return;
    }
    known.utterances().add(utterance);
    if (lane == Lane.LIVE && known.lane() == Lane.BACKLOG) {
      // What a user changes does not wait with a replay.
      groups.put(
          batchId, new Group(known.since(), known.notBefore(), Lane.LIVE, known.utterances()));
    }
  }

  /** The utterance is written, or said no more. */
  void take(Utterance utterance) {
    String batchId = utterance.rewriteOf();
    utterance.rewriteWith(null);
    groups.computeIfPresent(
        batchId == null ? "" : batchId,
        (id, group) -> {
          group.utterances().remove(utterance);
          return group.utterances().isEmpty() ? null : group;
        });
  }

  /** The batch is not retracted after all. Returns what was to be written again with it. */
  Set<Utterance> release(String batchId) {
    Group group = groups.remove(batchId);
    if (group == null) {
      return Set.of();
    }
    group.utterances().forEach(utterance -> utterance.rewriteWith(null));
    return group.utterances();
  }

  boolean contains(String batchId) {
    return groups.containsKey(batchId);
  }

  boolean isEmpty() {
    return groups.isEmpty();
  }

  /** The batches, longest known first. */
  Set<String> batches() {
    return Collections.unmodifiableSet(groups.keySet());
  }

  /** Whether it is too early to write again what was written with a batch. */
  boolean tooEarly(String batchId, Instant now) {
    return now.isBefore(Objects.requireNonNull(groups.get(batchId)).notBefore());
  }

  /** Whether it is of a batch that mem0 refused, and so was due to be written before. */
  static boolean wasRefused(String name) {
    return name.indexOf(PART) >= 0;
  }

  /** When what is to be written again with a batch has its turn. */
  Turn turn(String batchId) {
    Group group = Objects.requireNonNull(groups.get(batchId));
    if (group.lane() == Lane.BACKLOG) {
      return Turn.BACKLOG;
    }
    return group.notBefore().isAfter(group.since()) ? Turn.LIVE_BEHIND : Turn.LIVE;
  }

  /** Since when something waits to be written again with a batch. */
  Instant since(String batchId) {
    return Objects.requireNonNull(groups.get(batchId)).since();
  }

  /** All that waits to be written again. */
  Waiting waiting() {
    Waiting waiting = Waiting.NOTHING;
    for (Group group : groups.values()) {
      for (int i = 0; i < group.utterances().size(); i++) {
        waiting =
            waiting.and(
                group.lane() == Lane.LIVE
                    ? Waiting.ofLive(group.since())
                    : Waiting.ofBacklog(group.since()));
      }
    }
    return waiting;
  }

  /**
   * The turns to write again with a batch: in its order, and behind them those with new words.
   *
   * @param old the batch; null if the ledger has forgotten it
   */
  List<SaidTurn> turns(String batchId, @Nullable LedgerEntry old) {
    Map<String, SaidTurn> waiting = new LinkedHashMap<>();
    Group group = groups.get(batchId);
    for (Utterance utterance : group == null ? Set.<Utterance>of() : group.utterances()) {
      SaidTurn anchor = utterance.anchor();
      if (anchor != null) {
        waiting.put(anchor.turnId(), anchor);
      }
    }
    List<SaidTurn> turns = new ArrayList<>();
    if (old != null) {
      for (LedgerTurn turn : old.turns()) {
        SaidTurn said = waiting.remove(turn.turnId());
        if (said != null) {
          turns.add(said);
        }
      }
    }
    turns.addAll(waiting.values());
    return turns;
  }
}
