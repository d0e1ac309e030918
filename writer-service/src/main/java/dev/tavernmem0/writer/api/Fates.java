package dev.tavernmem0.writer.api;

import dev.tavernmem0.common.ledger.Fate;
import dev.tavernmem0.service.problem.RefusedException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Fates as a request names them. */
final class Fates {
  private Fates() {}

  /**
   * Those that are named.
   *
   * @param field the request's
   * @throws RefusedException if there is none, or one that is not possible
   */
  static Set<Fate> of(String field, List<String> names, Set<Fate> possible) {
    String fix =
        "take one or more of "
            + possible.stream().sorted().map(Fate::json).collect(Collectors.joining(", "));
    Set<Fate> fates = EnumSet.noneOf(Fate.class);
    for (String name : names) {
      fates.add(
          possible.stream()
              .filter(fate -> fate.json().equals(name))
              .findFirst()
              .orElseThrow(() -> RefusedException.invalidField(field, name, fix)));
    }
    if (fates.isEmpty()) {
      throw RefusedException.invalidField(field, "", fix);
    }
    return fates;
  }
}
