package dev.tavernmem0.writer.mem0;

import dev.tavernmem0.common.event.Group;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.mem0.AddRequest;
import dev.tavernmem0.common.mem0.Mem0Message;
import dev.tavernmem0.writer.clean.Cleaned;
import dev.tavernmem0.writer.clean.Cleaning;
import dev.tavernmem0.writer.kafka.LoggedTurn;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is posted to mem0 for a batch. */
final class BatchRequest {
  /** Metadata key by which a batch's memories are found again. */
  static final String BATCH_ID = "batch_id";

  /** Metadata key of the turns of a batch. */
  static final String TURN_IDS = "turn_ids";

  private static final String PROMPT =
      "Each message begins with its speaker's name: use these names, never \"user\" or"
          + " \"assistant\". Write every memory in the language that the messages are written in.";

  private static final Pattern LONE_SURROGATE = Pattern.compile("\\p{Cs}");

  private BatchRequest() {}

  /** The request; without a message if nothing of the turns is worth a memory. */
  static AddRequest of(LedgerEntry batch, List<LoggedTurn> turns, WriteOptions options) {
    boolean asUser = options.infer() && options.roles().allAsUser();
    return of(batch, turns, options.cleaning(), options.infer(), asUser);
  }

  static AddRequest of(
      LedgerEntry batch, List<LoggedTurn> turns, Cleaning cleaning, boolean infer, boolean asUser) {
    List<Mem0Message> messages =
        turns.stream()
            .map(LoggedTurn::turn)
            .map(turn -> message(turn, asUser, cleaning))
            .filter(Objects::nonNull)
            .toList();
    return new AddRequest(messages, batch.scope(), metadata(batch, turns), infer, prompt(turns));
  }

  private static @Nullable Mem0Message message(Turn turn, boolean asUser, Cleaning cleaning) {
    Cleaned cleaned = cleaning.of(turn.text());
    if (cleaned.skipReason() != null) {
      return null;
    }
    String role = turn.role() == Role.ASSISTANT && !asUser ? "assistant" : "user";
    return new Mem0Message(role, storable(turn.name() + ": " + cleaned.text()));
  }

  /**
   * Without what cannot be stored, on which mem0 would fail for ever: U+0000, which PostgreSQL does
   * not take, and halves of surrogate pairs, which no UTF-8 can carry.
   */
  private static String storable(String text) {
    String whole = text.replace("\u0000", "");
    return LONE_SURROGATE.matcher(whole).replaceAll("\uFFFD");
  }

  private static Map<String, Object> metadata(LedgerEntry batch, List<LoggedTurn> turns) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("source", "sillytavern");
    metadata.put("chatfile", batch.chatFile());
    metadata.put("chat_id", batch.chatId());
    metadata.put(BATCH_ID, batch.batchId());
    metadata.put(TURN_IDS, turns.stream().map(turn -> turn.turn().turnId()).toList());
    metadata.put("turn_hashes", turns.stream().map(turn -> turn.turn().hash()).toList());
    metadata.put(
        "speakers", turns.stream().map(turn -> storable(turn.turn().name())).distinct().toList());
    Instant last = lastSentAt(turns);
    if (last != null) {
      metadata.put("sent_at", last.toString());
      // mem0 takes it for the memory's own date, so a memory is as old as what it is about.
      metadata.put("created_at", last.toString());
    }
    Group group = turns.get(turns.size() - 1).source().group();
    if (group != null) {
      metadata.put("group", group.name() == null ? null : storable(group.name()));
      metadata.put("group_members", batch.groupMembers());
    }
    return metadata;
  }

  private static @Nullable Instant lastSentAt(List<LoggedTurn> turns) {
    return turns.stream()
        .map(turn -> turn.turn().sentAt())
        .filter(Objects::nonNull)
        .max(Instant::compareTo)
        .orElse(null);
  }

  private static String prompt(List<LoggedTurn> turns) {
    List<LocalDate> days =
        turns.stream()
            .map(turn -> turn.turn().sentAt())
            .filter(Objects::nonNull)
            .map(sentAt -> sentAt.atZone(ZoneOffset.UTC).toLocalDate())
            .sorted()
            .toList();
    if (days.isEmpty()) {
      return PROMPT;
    }
    LocalDate first = days.get(0);
    LocalDate last = days.get(days.size() - 1);
    String when = first.equals(last) ? "on " + first : "from " + first + " to " + last;
    return "The conversation took place "
        + when
        + ": take \"today\", \"yesterday\" and the like from that date, not from the current one. "
        + PROMPT;
  }

  /** A query for finding the batch again; the filter does the work, so any text of it will do. */
  static String query(LedgerEntry batch, List<LoggedTurn> turns) {
    if (turns.isEmpty()) {
      return batch.chatFile();
    }
    String text = storable(turns.get(0).turn().text());
    int end = Math.min(text.length(), 400);
    if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    String start = text.substring(0, end);
    return start.isBlank() ? batch.chatFile() : start;
  }
}
