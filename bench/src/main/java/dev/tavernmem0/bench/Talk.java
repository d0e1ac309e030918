package dev.tavernmem0.bench;

import dev.tavernmem0.common.event.Cause;
import dev.tavernmem0.common.event.ChatKind;
import dev.tavernmem0.common.event.Op;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.SnapshotMarker;
import dev.tavernmem0.common.event.Source;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.EventIds;
import dev.tavernmem0.common.identity.Mem0Ids;
import dev.tavernmem0.common.identity.TurnHash;
import dev.tavernmem0.common.identity.TurnIds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A chat of a user with a character, as the watcher tells of it. User and character take turns, and
 * what is said begins with its place in the chat ({@code #17}), so that its order can be checked at
 * mem0. The same seed gives the same words. Not thread-safe.
 */
final class Talk {
  private static final String HANDLE = "default-user";
  private static final Instant LONG_AGO = Instant.parse("2025-11-03T18:00:00Z");
  private static final Duration BETWEEN_TURNS = Duration.ofSeconds(50);

  private final String character;
  private final String chatId;
  private final SpokenText text;
  private final boolean chinese;
  private int turns;

  /**
   * Begins one.
   *
   * @param character with whom
   * @param name of the chat, of its own among all chats
   */
  Talk(String character, String name, long seed) {
    Random random = new Random(seed);
    this.character = character;
    this.chatId = HANDLE + ":" + name;
    this.text = new SpokenText(random, new Prose(random));
    this.chinese = random.nextInt(3) == 0;
  }

  String chatId() {
    return chatId;
  }

  /** A snapshot of what was said long ago: so many turns. */
  List<TurnEvent> old(int count) {
    List<TurnEvent> events = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      SnapshotMarker marker = SnapshotMarker.TRUE;
      if (i == count - 1) {
        marker = SnapshotMarker.LAST_IN_DATA_COLLECTION;
      } else if (i == 0) {
        marker = SnapshotMarker.FIRST_IN_DATA_COLLECTION;
      }
      events.add(
          event(Op.READ, marker, Cause.SNAPSHOT, LONG_AGO.plus(BETWEEN_TURNS.multipliedBy(i))));
    }
    return events;
  }

  /** What is said next, now. */
  TurnEvent said(Instant now) {
    return event(Op.CREATE, SnapshotMarker.FALSE, Cause.APPEND, now);
  }

  private TurnEvent event(Op op, SnapshotMarker marker, Cause cause, Instant at) {
    int position = turns++;
    Role role = position % 2 == 0 ? Role.USER : Role.ASSISTANT;
    String words =
        "#" + position + " " + (role == Role.USER ? text.message(chinese) : text.reply(chinese));
    String turnId = TurnIds.mint(chatId, position);
    Turn turn =
        new Turn(
            turnId,
            TurnHash.of(role, words),
            position,
            role,
            role == Role.USER ? "Alex" : character,
            role == Role.USER ? null : character,
            words,
            at,
            false,
            false,
            0,
            1);
    Source source =
        new Source(
            "sillytavern",
            "bench",
            "tavern",
            at.toEpochMilli(),
            marker,
            HANDLE,
            Mem0Ids.character(character),
            ChatKind.SOLO,
            character,
            null,
            chatId,
            chatId + ".jsonl",
            null,
            cause,
            "save-" + position,
            null);
    return new TurnEvent(
        op, null, turn, source, EventIds.of(chatId, turnId, 0, op, ""), at.toEpochMilli());
  }
}
