package dev.tavernmem0.retriever.select;

import dev.tavernmem0.common.mem0.Memory;
import dev.tavernmem0.retriever.prompt.MemoryLine;
import dev.tavernmem0.retriever.text.SingleLine;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses what goes into the prompt out of what was found: nothing that the prompt already says,
 * nothing twice, answers before questions, no more than there is room for. Deterministic and
 * thread-safe.
 */
public final class MemorySelection {
  private MemorySelection() {}

  /**
   * A memory that goes into the prompt.
   *
   * @param memory as mem0 has it
   * @param line its line in the prompt
   */
  public record Selected(Memory memory, String line) {}

  /**
   * Selects. A memory too long for what is left of {@code maxChars} gives way to shorter ones after
   * it; if not even the best fits, it is cut.
   *
   * @param ranked best first
   * @param limit most memories
   * @param maxChars most characters of all lines together, line breaks included
   */
  public static List<Selected> select(
      List<Memory> ranked, PromptTurns prompt, int limit, int maxChars) {
    List<Selected> selected = new ArrayList<>();
    NearDuplicates duplicates = new NearDuplicates();
    Selected cut = null;
    int used = 0;
    for (Memory memory : BareQuestions.afterStatements(ranked)) {
      if (selected.size() >= limit) {
        break;
      }
      String line = MemoryLine.of(memory.text());
      if (line.isEmpty() || prompt.hold(Provenance.of(memory))) {
        continue;
      }
      int length = line.length() + (selected.isEmpty() ? 0 : 1);
      if (used + length > maxChars) {
        if (cut == null) {
          cut = new Selected(memory, SingleLine.head(line, maxChars));
        }
      } else if (duplicates.add(memory.text())) {
        selected.add(new Selected(memory, line));
        used += length;
      }
    }
    if (selected.isEmpty() && cut != null && cut.line().length() > MemoryLine.BULLET.length() + 1) {
      selected.add(cut);
    }
    return List.copyOf(selected);
  }
}
