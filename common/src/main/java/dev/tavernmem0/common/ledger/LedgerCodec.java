package dev.tavernmem0.common.ledger;

import dev.tavernmem0.common.identity.Scope;
import dev.tavernmem0.common.json.FieldProblems;
import dev.tavernmem0.common.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Ledger entries to UTF-8 JSON and back. Thread-safe. */
public final class LedgerCodec {
  /** More than any partition will ever hold; JSON's readers agree on numbers up to it. */
  private static final long MAX_OFFSET = 1L << 53;

  /** The end of the year 9999, as for every other date. */
  private static final long MAX_TIME_MS = 253_402_300_799_999L;

  private LedgerCodec() {}

  public static byte[] encode(LedgerEntry entry) {
    return Json.MAPPER.writeValueAsBytes(entry);
  }

  /**
   * Reads one entry. An entry that lacks only its chat's file name, as earlier versions could write
   * it, is an entry: to forget it would be to write its turns again.
   *
   * @param json null stands for a record without a value, which is no entry but a removal
   * @throws OtherLedgerVersionException if it is an entry of another version of the format
   * @throws InvalidLedgerEntryException if the bytes are no ledger entry, or hold a value that no
   *     reader can work with; the message names field and value
   */
  public static LedgerEntry decode(byte @Nullable [] json) {
    if (json == null) {
      throw new InvalidLedgerEntryException("not a ledger entry: no value");
    }
    LedgerEntry entry;
    try {
      entry = read(json);
    } catch (RuntimeException e) {
      throw new InvalidLedgerEntryException("not a ledger entry: " + FieldProblems.of(e));
    }
    FieldProblems problems = new FieldProblems();
    check(entry, problems);
    if (!problems.isEmpty()) {
      throw new InvalidLedgerEntryException("not a ledger entry: " + problems);
    }
    if (entry.version() != LedgerEntry.VERSION) {
      throw new OtherLedgerVersionException(entry.version());
    }
    return entry;
  }

  private static LedgerEntry read(byte[] json) {
    try {
      return LedgerEntryParser.parse(json);
    } catch (JacksonException e) {
      // In other words than ours, or no entry at all: the mapper can tell, and what is wrong.
      return Json.MAPPER.readValue(json, LedgerEntry.class);
    }
  }

  @SuppressWarnings("NullAway") // Jackson leaves absent components null, whatever their type says.
  private static void check(@Nullable LedgerEntry entry, FieldProblems problems) {
    if (entry == null) {
      problems.required("value", null);
      return;
    }
    problems.id("batch_id", entry.batchId());
    problems.id("chat_id", entry.chatId());
    problems.optionalId("chat_file", entry.chatFile());
    problems.required("scope", entry.scope());
    Scope scope = entry.scope();
    if (scope != null) {
      problems.id("scope.user_id", scope.userId());
      problems.id("scope.agent_id", scope.agentId());
    }
    problems.required("fate", entry.fate());
    problems.range("generation", entry.generation(), 0, Integer.MAX_VALUE - 1L);
    problems.range("ts_ms", entry.tsMs(), 0, MAX_TIME_MS);
    if (entry.version() != LedgerEntry.VERSION) {
      return;
    }
    for (LedgerTurn turn : entry.turns()) {
      problems.id("turns.turn_id", turn.turnId());
      problems.optionalId("turns.chat_id", turn.chatId());
      problems.id("turns.utterance", turn.utterance());
      problems.id("turns.hash", turn.hash());
      problems.range("turns.offset", turn.offset(), 0, MAX_OFFSET);
      if (!problems.isEmpty()) {
        return;
      }
    }
    entry.memoryIds().forEach(id -> problems.id("memory_ids", id));
    entry.merges().forEach(merge -> problems.id("merges.memory_id", merge.memoryId()));
  }
}
