package dev.tavernmem0.watcher.rescue;

import dev.tavernmem0.common.event.TurnEvent;

/**
 * Since when a chat was as its events tell, one after the other: since the file was saved ({@code
 * source.ts_ms}), and all events of a save since the same time, so that no time lies amid a save.
 * It never goes back: of a file with an older time than the chat had before (a backup was put in
 * its place) only the time at which that was noticed ({@code ts_ms}) says when. Not thread-safe.
 */
final class SaveTimes {
  private String saveId = "";
  private long last = Long.MIN_VALUE;

  /** Milliseconds since the epoch. */
  long of(TurnEvent event) {
    long noticed = event.tsMs();
    long saved = event.source().tsMs();
    String save = event.source().saveId();
    if (save == null || !save.equals(saveId)) {
      // A clock of another machine may run ahead: nothing is noticed before it happens.
      long since = saved <= 0 || (noticed > 0 && noticed < saved) ? noticed : saved;
      last = since >= last ? since : Math.max(last, noticed);
      saveId = save == null ? "" : save;
    }
    return last;
  }
}
