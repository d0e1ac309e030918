package dev.tavernmem0.cli.pipeline;

import dev.tavernmem0.cli.pipeline.TavernFiles.FileChat;
import dev.tavernmem0.cli.pipeline.TavernFiles.Line;
import dev.tavernmem0.cli.pipeline.TavernFiles.Said;
import dev.tavernmem0.cli.pipeline.WrittenChat.WrittenTurn;
import dev.tavernmem0.common.event.Role;
import dev.tavernmem0.common.identity.TurnHash;
import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.common.ledger.LedgerEntry;
import dev.tavernmem0.common.ledger.LedgerTurn;
import dev.tavernmem0.testkit.mem0.StoredMemory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares, at rest, what a user's chat files say with mem0, with the ledger and with what the
 * writers say. What is eligible, and what is the same utterance, it reads out of the files itself.
 */
final class MemoryCheck {
  private static final Pattern WORDING = Pattern.compile(" \\(wording \\d+\\)$");
  private static final Set<Fate> UNDER_WAY =
      Set.of(Fate.PENDING, Fate.RETRACTING, Fate.HELD, Fate.UNKNOWN);

  private final TavernFiles files;
  private final Map<String, String> scopes;
  private final Collection<LedgerEntry> ledger;
  private final List<StoredMemory> memories;
  private final List<WrittenChat> chats;
  private final Mem0Trouble trouble;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Integer> fates = new TreeMap<>();

  /** What a memory of one message quotes: the user's lines by name, all others by their words. */
  private record Quote(String scope, @Nullable String user, String text) {}

  private record ScopedLine(String scope, Said said) {}

  private MemoryCheck(World world, String handle) {
    this.files = world.files(handle);
    this.scopes = world.log().scopes(handle);
    this.ledger = world.log().ledger(handle);
    this.memories =
        world.mem0().memories().stream().filter(memory -> handle.equals(memory.userId())).toList();
    this.chats = world.writtenChats(handle);
    this.trouble = world.trouble();
  }

  /**
   * What was found.
   *
   * @param problems what must not be; empty if all is well
   * @param fates how many of the files' turns have which fate
   * @param memories how many there are
   */
  record Findings(List<String> problems, Map<String, Integer> fates, int memories) {}

  /** Looks at all that belongs to a user. */
  static Findings of(World world, String handle) {
    MemoryCheck check = new MemoryCheck(world, handle);
    check.scopesAreDistinct();
    check.ledgerIsAtRest();
    check.ledgerAndMem0HoldTheSame();
    check.turnsHaveTheirFates();
    return new Findings(List.copyOf(check.problems), check.fates, check.memories.size());
  }

  private void scopesAreDistinct() {
    Set<String> seen = new HashSet<>();
    scopes.forEach(
        (avatar, scope) -> {
          if (!seen.add(scope)) {
            problems.add("two characters have the scope %s".formatted(scope));
          }
        });
    Set<String> said =
        files.chats().stream().map(chat -> scopeOf(chat)).collect(Collectors.toSet());
    for (StoredMemory memory : memories) {
      if (!said.contains(memory.agentId())) {
        problems.add("in a scope that has no chats: %s".formatted(memory));
      }
    }
  }

  private String scopeOf(FileChat chat) {
    return Objects.requireNonNullElse(LogCheck.scopeOf(chat.place(), scopes), "(none)");
  }

  private void ledgerIsAtRest() {
    Set<String> utterances = new HashSet<>();
    for (LedgerEntry entry : ledger) {
      if (UNDER_WAY.contains(entry.fate())) {
        problems.add("not done: %s".formatted(entry));
      }
      if (entry.fate() == Fate.DEAD && !trouble.refused(entry.batchId())) {
        problems.add("dead, though mem0 never refused it: %s".formatted(entry));
      }
      if (entry.fate() == Fate.EMPTY && !trouble.emptied(entry.batchId())) {
        problems.add("empty, though mem0 never said so: %s".formatted(entry));
      }
      if (entry.fate() == Fate.WRITTEN || entry.fate() == Fate.DEAD || entry.fate() == Fate.EMPTY) {
        for (LedgerTurn turn : entry.turns()) {
          if (!turn.gone() && !utterances.add(entry.scope() + " " + turn.utterance())) {
            problems.add("an utterance in two live batches: %s in %s".formatted(turn, entry));
          }
        }
      }
    }
  }

  private void ledgerAndMem0HoldTheSame() {
    Map<String, LedgerEntry> batchOf = new HashMap<>();
    for (LedgerEntry entry : ledger) {
      if (entry.fate() == Fate.WRITTEN) {
        for (String id : entry.memoryIds()) {
          LedgerEntry other = batchOf.put(id, entry);
          if (other != null) {
            problems.add(
                "a memory in two live batches: %s in %s and %s".formatted(id, other, entry));
          }
        }
        if (entry.turns().stream().anyMatch(LedgerTurn::gone)) {
          problems.add("written, and not said any more: %s".formatted(entry));
        }
      }
    }
    Map<String, List<StoredMemory>> byBatch = new LinkedHashMap<>();
    Map<String, Set<String>> hashes = new HashMap<>();
    for (FileChat chat : files.chats()) {
      Set<String> said = hashes.computeIfAbsent(scopeOf(chat), scope -> new HashSet<>());
      chat.lines().forEach(line -> said.add(TurnHash.of(line.role(), line.text())));
    }
    for (StoredMemory memory : memories) {
      LedgerEntry batch = batchOf.remove(memory.id());
      if (batch == null) {
        problems.add(
            "a memory of no live batch: %s, its batch: %s".formatted(memory, entry(memory)));
        continue;
      }
      if (!batch.batchId().equals(memory.metadata().get("batch_id"))
          || !batch.scope().agentId().equals(memory.agentId())) {
        problems.add("a memory of another batch: %s in %s".formatted(memory, batch));
      }
      byBatch.computeIfAbsent(batch.batchId(), id -> new ArrayList<>()).add(memory);
      if (memory.metadata().get("turn_hashes") instanceof Collection<?> cited
          && !hashes.getOrDefault(String.valueOf(memory.agentId()), Set.of()).containsAll(cited)) {
        problems.add("cites turns that no chat has: %s".formatted(memory));
      }
    }
    batchOf.forEach(
        (id, batch) -> problems.add("in the ledger, not in mem0: %s of %s".formatted(id, batch)));
    for (LedgerEntry entry : ledger) {
      if (entry.fate() == Fate.WRITTEN) {
        quotesItsTurns(entry, byBatch.getOrDefault(entry.batchId(), List.of()));
      }
    }
  }

  private @Nullable LedgerEntry entry(StoredMemory memory) {
    return ledger.stream()
        .filter(entry -> entry.batchId().equals(memory.metadata().get("batch_id")))
        .findFirst()
        .orElse(null);
  }

  private void quotesItsTurns(LedgerEntry entry, List<StoredMemory> its) {
    List<String> turns = new ArrayList<>(entry.turns().stream().map(LedgerTurn::hash).toList());
    for (StoredMemory memory : its) {
      String text = text(memory);
      if (!turns.remove(TurnHash.of(Role.USER, text))
          && !turns.remove(TurnHash.of(Role.ASSISTANT, text))) {
        problems.add(
            "a memory that none of its batch's turns says: %s of %s".formatted(memory, entry));
      }
    }
    if (!turns.isEmpty()) {
      problems.add("a batch with turns that no memory quotes: %s".formatted(entry));
    }
  }

  /** The message that a memory was made of, speaker and all. */
  static String quoted(StoredMemory memory) {
    return WORDING.matcher(memory.text()).replaceFirst("");
  }

  private static String text(StoredMemory memory) {
    String quoted = quoted(memory);
    return quoted.substring(quoted.indexOf(": ") + 2);
  }

  private static String speaker(StoredMemory memory) {
    return memory.text().substring(0, memory.text().indexOf(": "));
  }

  private void turnsHaveTheirFates() {
    Map<ScopedLine, Integer> atLeast = new LinkedHashMap<>();
    Map<ScopedLine, Integer> mostInOne = new LinkedHashMap<>();
    Map<ScopedLine, Integer> inAll = new LinkedHashMap<>();
    List<WrittenChat> unmatched = new ArrayList<>(chats);
    for (FileChat chat : files.chats()) {
      String scope = scopeOf(chat);
      WrittenChat written = match(scope, chat, unmatched);
      if (written == null) {
        if (!chat.nameless()) {
          problems.add("no writer knows this chat as it is: %s".formatted(chat));
        }
        continue;
      }
      Map<Said, List<Line>> bySaid =
          chat.lines().stream()
              .collect(Collectors.groupingBy(Line::said, LinkedHashMap::new, Collectors.toList()));
      Map<String, List<WrittenTurn>> turns =
          written.turns().stream().collect(Collectors.groupingBy(WrittenTurn::hash));
      problems.addAll(fateProblems(chat, written));
      written.turns().forEach(turn -> fates.merge(word(turn), 1, Integer::sum));
      bySaid.forEach(
          (said, lines) -> {
            ScopedLine line = new ScopedLine(scope, said);
            List<WrittenTurn> its =
                turns.getOrDefault(TurnHash.of(said.role(), said.text()), List.of());
            long excused = its.stream().filter(turn -> isExcused(turn)).count();
            long eligible = lines.stream().filter(Line::eligible).count();
            boolean worth =
                !said.text().isBlank()
                    && (said.role() == Role.USER || said.role() == Role.ASSISTANT);
            atLeast.merge(line, (int) Math.max(0, eligible - excused), Math::max);
            mostInOne.merge(line, worth ? lines.size() : 0, Math::max);
            inAll.merge(line, worth ? lines.size() : 0, Integer::sum);
          });
    }
    for (WrittenChat chat : unmatched) {
      problems.add("a writer knows a chat that no file says: %s".formatted(chat));
    }
    Map<Quote, Integer> must = new LinkedHashMap<>();
    Map<Quote, Integer> may = new LinkedHashMap<>();
    atLeast.forEach((line, times) -> must.merge(quote(line), times, Integer::sum));
    mostInOne.forEach(
        (line, times) ->
            // Chats may have lost different ones of two that only their order tells apart.
            may.merge(quote(line), times > 1 ? inAll.get(line) : times, Integer::sum));
    compare(must, may);
  }

  private static Quote quote(ScopedLine line) {
    return new Quote(line.scope(), line.said().user(), line.said().text());
  }

  private void compare(Map<Quote, Integer> must, Map<Quote, Integer> may) {
    Map<Quote, Integer> stored = new LinkedHashMap<>();
    for (StoredMemory memory : memories) {
      Quote byUser = new Quote(String.valueOf(memory.agentId()), speaker(memory), text(memory));
      Quote byOther = new Quote(byUser.scope(), null, byUser.text());
      stored.merge(may.containsKey(byUser) ? byUser : byOther, 1, Integer::sum);
    }
    must.forEach(
        (quote, times) -> {
          if (stored.getOrDefault(quote, 0) < times) {
            problems.add(
                "remembered %d times of %d: %s"
                    .formatted(stored.getOrDefault(quote, 0), times, quote));
          }
        });
    stored.forEach(
        (quote, times) -> {
          if (times > may.getOrDefault(quote, 0)) {
            problems.add(
                "remembered %d times, said %d times: %s"
                    .formatted(times, may.getOrDefault(quote, 0), quote));
          }
        });
  }

  /**
   * The writers' chat that says what the file says. Of a copy and its original, which say the same,
   * the one whose fates fit.
   */
  private @Nullable WrittenChat match(String scope, FileChat file, List<WrittenChat> unmatched) {
    List<String> hashes =
        file.lines().stream().map(line -> TurnHash.of(line.role(), line.text())).sorted().toList();
    List<WrittenChat> same =
        unmatched.stream()
            .filter(chat -> chat.agentId().equals(scope))
            .filter(
                chat ->
                    chat.turns().stream().map(WrittenTurn::hash).sorted().toList().equals(hashes))
            .toList();
    WrittenChat match =
        same.stream()
            .filter(chat -> fateProblems(file, chat).isEmpty())
            .findFirst()
            .orElse(same.isEmpty() ? null : same.get(0));
    unmatched.remove(match);
    return match;
  }

  private boolean isExcused(WrittenTurn turn) {
    return (turn.fate().equals("dead") && trouble.refused(turn.batchId()))
        || (turn.fate().equals("empty") && trouble.emptied(turn.batchId()));
  }

  private List<String> fateProblems(FileChat file, WrittenChat chat) {
    List<String> found = new ArrayList<>();
    Map<String, List<WrittenTurn>> turns =
        chat.turns().stream().collect(Collectors.groupingBy(WrittenTurn::hash));
    Map<String, List<Line>> lines =
        file.lines().stream()
            .collect(Collectors.groupingBy(line -> TurnHash.of(line.role(), line.text())));
    lines.forEach(
        (hash, same) -> {
          List<WrittenTurn> its = turns.getOrDefault(hash, List.of());
          long eligible = same.stream().filter(Line::eligible).count();
          long done =
              its.stream().filter(turn -> turn.fate().equals("written") || isExcused(turn)).count();
          if (done < eligible) {
            found.add("no fate that fits %s in %s: %s".formatted(same, file.file(), its));
          }
          for (WrittenTurn turn : its) {
            boolean fits =
                turn.fate().equals("written")
                    || isExcused(turn)
                    || (turn.fate().equals("skipped")
                        && same.stream().anyMatch(line -> isSkipped(line, turn.reason())));
            if (!fits) {
              found.add("a fate that does not fit %s in %s: %s".formatted(same, file.file(), turn));
            }
          }
        });
    return found;
  }

  private static String word(WrittenTurn turn) {
    return turn.fate().equals("skipped") ? "skipped " + turn.reason() : turn.fate();
  }

  private static boolean isSkipped(Line line, String reason) {
    return switch (reason) {
      case "hidden" -> line.hidden();
      case "greeting" -> line.role() == Role.ASSISTANT && !line.surelyNoGreeting();
      case "narrator" -> line.role() == Role.NARRATOR;
      case "system" -> line.role() == Role.SYSTEM;
      case "empty" -> line.text().isBlank();
      default -> false;
    };
  }
}
