package dev.tavernmem0.writer.scope;

import dev.tavernmem0.common.ledger.LedgerTurn;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A batch that holds what nobody says any more, until its memories are deleted. */
final class Retraction {
  private final Map<String, Unsaid> unsaid = new LinkedHashMap<>();
  private final Instant since;
  private Instant lastChange;
  private boolean confirmed;
  private boolean requeued;
  private Lane lane;

  /**
   * An utterance that nobody says any more.
   *
   * @param gone the turn that said it last, as the ledger is to have it
   * @param chatId that turn's chat
   * @param deleted whether that turn is gone, and does not just say something else now
   * @param open offset of the event that must be read again until this is recorded; null if none
   * @param hold why an operator has to decide, however little it is; null if that goes by number
   */
  record Unsaid(
      LedgerTurn gone,
      String chatId,
      boolean deleted,
      @Nullable Long open,
      @Nullable String hold) {}

  /** A retraction for which nothing speaks yet, and which is of this lane until something does. */
  Retraction(Instant now, Lane lane) {
    this.since = now;
    this.lastChange = now;
    this.lane = lane;
  }

  void add(Unsaid what, Instant now) {
    unsaid.put(what.gone().utterance(), what);
    lastChange = now;
    lane = Lane.LIVE;
  }

  /** What is not of now, but of a replay, waits behind what users do. */
  Lane lane() {
    return lane;
  }

  /**
   * A turn is deleted whose other words are still to be taken back, and were read back from the
   * ledger: the event must be read again until they are.
   *
   * @return how often it is to be closed for that
   */
  int keepOpen(String turnId, long offset) {
    int kept = 0;
    for (Map.Entry<String, Unsaid> entry : unsaid.entrySet()) {
      Unsaid what = entry.getValue();
      if (what.open() == null && what.gone().turnId().equals(turnId)) {
        entry.setValue(new Unsaid(what.gone(), what.chatId(), what.deleted(), offset, what.hold()));
        kept++;
      }
    }
    return kept;
  }

  /** Somebody says it again. Returns what was known of it; null if nothing was. */
  @Nullable Unsaid saidAgain(String utterance) {
    return unsaid.remove(utterance);
  }

  @Nullable Unsaid find(String utterance) {
    return unsaid.get(utterance);
  }

  Collection<Unsaid> unsaid() {
    return unsaid.values();
  }

  boolean hasDeletions() {
    return unsaid.values().stream().anyMatch(Unsaid::deleted);
  }

  /** The events of what was deleted need not be read again. */
  void closeDeletions(Effects effects) {
    for (Unsaid what : unsaid.values()) {
      if (what.open() != null) {
        effects.close(what.open());
      }
    }
  }

  /** An operator wants it, however many turns are gone; or it has begun. */
  void confirm() {
    confirmed = true;
  }

  boolean confirmed() {
    return confirmed;
  }

  /** The batch is to be written again, though everything in it is still said. */
  void requeue() {
    requeued = true;
  }

  boolean requeued() {
    return requeued;
  }

  Instant since() {
    return since;
  }

  Instant lastChange() {
    return lastChange;
  }
}
