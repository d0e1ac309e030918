package dev.tavernmem0.watcher.track;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tavernmem0.common.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * A snapshot and how far it is: what a restart goes on from, and what operators look at. Times are
 * milliseconds since the epoch.
 *
 * @param id names it, in signals and notifications too
 * @param type why it is made
 * @param selection which chats
 * @param state where it is
 * @param total chats that it is of; 0 while it is queued
 * @param done chats that are published
 * @param turns published
 * @param cursor the last chat that is published; null if none is
 * @param requestedMs when it was asked for
 * @param startedMs when its first chat was begun; null while it is queued
 * @param endedMs when it was completed or cancelled; null until then
 * @param updatedMs when this was last written
 * @param activeMs how long it worked: without pauses, and without the time that nothing ran
 */
public record SnapshotRun(
    String id,
    Type type,
    SnapshotSelection selection,
    State state,
    int total,
    int done,
    long turns,
    @Nullable String cursor,
    long requestedMs,
    @Nullable Long startedMs,
    @Nullable Long endedMs,
    long updatedMs,
    long activeMs) {
  /** All are stored in one record, which has to stay far below the largest. */
  public static final int MOST_UNFINISHED = 50;

  private static final TypeReference<List<SnapshotRun>> LIST = new TypeReference<>() {};

  /** Why a snapshot is made. */
  public enum Type {
    /** Everything that was there at the first start. */
    @JsonProperty("initial")
    INITIAL,
    /** Everything, because the log or the state was lost. */
    @JsonProperty("recovery")
    RECOVERY,
    /** An operator asked for it; it goes on beside live changes. */
    @JsonProperty("incremental")
    INCREMENTAL
  }

  /** Where a snapshot is. */
  public enum State {
    /** Waits for the ones before it. */
    @JsonProperty("queued")
    QUEUED,
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("paused")
    PAUSED,
    @JsonProperty("completed")
    COMPLETED,
    @JsonProperty("cancelled")
    CANCELLED;

    /** Whether nothing will be published any more. */
    public boolean isEnd() {
      return this == COMPLETED || this == CANCELLED;
    }
  }

  public SnapshotRun {
    if (id == null || type == null || state == null) {
      throw new IllegalArgumentException("a snapshot has an id, a type and a state");
    }
    selection = selection == null ? SnapshotSelection.ALL : selection;
  }

  /** A snapshot that was asked for. */
  public static SnapshotRun queued(String id, Type type, SnapshotSelection selection, long nowMs) {
    return new SnapshotRun(
        id, type, selection, State.QUEUED, 0, 0, 0, null, nowMs, null, null, nowMs, 0);
  }

  /** Begun. */
  public SnapshotRun started(int chats, long nowMs) {
    return new SnapshotRun(
        id,
        type,
        selection,
        State.RUNNING,
        chats,
        done,
        turns,
        cursor,
        requestedMs,
        nowMs,
        null,
        nowMs,
        activeMs);
  }

  /**
   * One more chat is published.
   *
   * @param chat where to go on after a restart
   */
  public SnapshotRun published(String chat, int chatTurns, long nowMs) {
    return new SnapshotRun(
        id,
        type,
        selection,
        state,
        total,
        done + 1,
        turns + chatTurns,
        chat,
        requestedMs,
        startedMs,
        endedMs,
        nowMs,
        activeUntil(nowMs));
  }

  /** Paused, resumed, or ended. */
  public SnapshotRun in(State newState, long nowMs) {
    return new SnapshotRun(
        id,
        type,
        selection,
        newState,
        total,
        done,
        turns,
        cursor,
        requestedMs,
        startedMs,
        newState.isEnd() ? Long.valueOf(nowMs) : null,
        nowMs,
        activeUntil(nowMs));
  }

  /** Goes on after a restart: the time since it was last written does not count. */
  public SnapshotRun restored(long nowMs) {
    return new SnapshotRun(
        id,
        type,
        selection,
        state,
        total,
        done,
        turns,
        cursor,
        requestedMs,
        startedMs,
        endedMs,
        nowMs,
        activeMs);
  }

  /** Turns per second while it worked; 0 if that cannot be told yet. */
  @JsonIgnore
  public double turnsPerSecond() {
    return activeMs == 0 ? 0 : turns * 1000.0 / activeMs;
  }

  /** How long the remaining chats will take, if they are like the others; null if unknown. */
  @JsonIgnore
  public @Nullable Long secondsLeft() {
    if (state.isEnd()) {
      return 0L;
    }
    return done == 0 ? null : Math.round((double) activeMs * (total - done) / done / 1000);
  }

  /** Several, as they are stored. */
  public static String encode(List<SnapshotRun> runs) {
    return Json.MAPPER.writeValueAsString(runs);
  }

  /**
   * Several, as they were stored.
   *
   * @throws IllegalArgumentException if the text is not that
   */
  public static List<SnapshotRun> decode(String json) {
    try {
      return List.copyOf(Json.MAPPER.readValue(json, LIST));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not a list of snapshots", e);
    }
  }

  private long activeUntil(long nowMs) {
    return state == State.RUNNING ? activeMs + Math.max(0, nowMs - updatedMs) : activeMs;
  }
}
