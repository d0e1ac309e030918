package dev.tavernmem0.writer.replay;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.event.TurnEvent;
import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.kafka.TurnKeys;
import dev.tavernmem0.writer.log.LogReader;
import dev.tavernmem0.writer.log.LoggedChat;
import dev.tavernmem0.writer.log.LoggedEvents;
import dev.tavernmem0.writer.log.LoggedVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a replay selects in the log of one partition, which is read for it once, and once more if
 * there are chats with turns that nobody knows. Holds no text. Not thread-safe.
 */
public final class LogSelection {
  /** One of so many texts is counted, for the estimate. */
  private static final int SAMPLE = 50;

  private final Replay replay;
  private final KnownTurns known;
  private final Set<Long> ofBatches;
  private final ToIntFunction<String> tokens;
  private final Map<String, LoggedChat> chats = new HashMap<>();
  private final Set<String> chatsWithNews = new HashSet<>();
  private final Set<Long> saidThen = new HashSet<>();

  private long characters;
  private long sampledCharacters;
  private long sampledTokens;
  private int texts;

  /** The log, from its beginning to where the ledger tells of it. */
  public interface Log {
    /** Has all records read, in their order. */
    void forEach(LogReader reader);
  }

  /**
   * A selection.
   *
   * @param known what needs not be looked at
   * @param ofBatches offsets of the turns of the batches that are selected so far
   * @param tokens counts a text
   */
  public LogSelection(
      Replay replay, KnownTurns known, Set<Long> ofBatches, ToIntFunction<String> tokens) {
    this.replay = replay;
    this.known = known;
    this.ofBatches = Set.copyOf(ofBatches);
    this.tokens = tokens;
  }

  /**
   * What is selected.
   *
   * @param saidThen offsets of the batches' turns that were said when it matters
   * @param missed turns that the ledger does not know, oldest first
   * @param tokens of all of them, estimated; 0 if it is no dry run
   */
  public record Selected(Set<Long> saidThen, List<LoggedVersion> missed, long tokens) {}

  /** Reads the log. */
  public Selected read(Log log) {
    log.forEach(this::look);
    List<LoggedVersion> missed = new ArrayList<>();
    if (!chatsWithNews.isEmpty()) {
      log.forEach(this::fold);
      chats.values().forEach(chat -> missed.addAll(news(chat)));
      missed.sort(
          Comparator.comparing(
                  LoggedVersion::sentAt, Comparator.nullsFirst(Comparator.naturalOrder()))
              .thenComparing(LoggedVersion::offset));
      if (replay.dryRun()) {
        Set<Long> offsets = new HashSet<>();
        missed.forEach(version -> offsets.add(version.offset()));
        log.forEach((offset, key, value) -> measure(offsets, offset, value));
      }
    }
    double perCharacter = sampledCharacters == 0 ? 0 : (double) sampledTokens / sampledCharacters;
    return new Selected(saidThen, missed, Math.round(characters * perCharacter));
  }

  private void look(long offset, byte @Nullable [] key, byte @Nullable [] value) {
    if (known.contains(offset)) {
      if (ofBatches.contains(offset) && (replay.dryRun() || replay.selection().hasDates())) {
        ofBatch(offset, value);
      }
    } else if (replay.looksForUnrecorded() && isSelected(key)) {
      TurnEvent event = LoggedEvents.of(value);
      Turn turn = event == null ? null : event.after();
      if (event != null
          && turn != null
          && replay.selection().isOf(Scope.of(event.source()))
          && known.isNews(Scope.of(event.source()), turn.turnId(), offset, turn.hash())) {
        chatsWithNews.add(event.source().chatId());
      }
    }
  }

  private void ofBatch(long offset, byte @Nullable [] value) {
    TurnEvent event = LoggedEvents.of(value);
    Turn turn = event == null ? null : event.after();
    Instant sentAt = turn == null ? null : turn.sentAt();
    if (replay.selection().isSaidThen(sentAt)) {
      saidThen.add(offset);
      if (turn != null) {
        measure(turn.text());
      }
    }
  }

  private boolean isSelected(byte @Nullable [] key) {
    String chatId = TurnKeys.chatId(key);
    return chatId != null && replay.selection().isOfChat(chatId);
  }

  private void fold(long offset, byte @Nullable [] key, byte @Nullable [] value) {
    String chatId = TurnKeys.chatId(key);
    if (chatId != null && chatsWithNews.contains(chatId)) {
      TurnEvent event = LoggedEvents.of(value);
      if (event != null) {
        chats.computeIfAbsent(chatId, id -> new LoggedChat()).fold(event, offset);
      }
    }
  }

  private List<LoggedVersion> news(LoggedChat chat) {
    return chat.turns().stream()
        .filter(said -> known.isNews(said.scope(), said.turnId(), said.offset(), said.hash()))
        .filter(said -> replay.selection().isOf(said.scope()))
        .filter(said -> replay.selection().isSaidThen(said.sentAt()))
        .toList();
  }

  private void measure(Set<Long> offsets, long offset, byte @Nullable [] value) {
    TurnEvent event = offsets.contains(offset) ? LoggedEvents.of(value) : null;
    if (event != null && event.after() != null) {
      measure(event.after().text());
    }
  }

  private void measure(String text) {
    if (!replay.dryRun()) {
      return;
    }
    characters += text.length();
    if (texts++ % SAMPLE == 0) {
      sampledCharacters += text.length();
      sampledTokens += tokens.applyAsInt(text);
    }
  }
}
