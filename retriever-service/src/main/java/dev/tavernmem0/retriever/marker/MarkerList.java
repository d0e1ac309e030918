package dev.tavernmem0.retriever.marker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What counts as a marker, as {@code markers.txt} says, where the format is described. Immutable.
 */
final class MarkerList {
  private static final String RESOURCE = "markers.txt";

  private final Set<String> breaks = new HashSet<>();
  private final NameTree names = new NameTree();
  private final Set<String> prose = new HashSet<>();

  private MarkerList(List<String> lines) {
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        if (!add(line)) {
          throw new IllegalArgumentException(
              "line " + (i + 1) + " of the list of markers: cannot read or already there: " + line);
        }
      }
    }
  }

  /** The list that comes with the program. */
  static MarkerList builtIn() {
    try (InputStream resource = MarkerList.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the program");
      }
      return of(new String(resource.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a list.
   *
   * @throws IllegalArgumentException if a line cannot be read; the message says which
   */
  static MarkerList of(String text) {
    return new MarkerList(text.lines().toList());
  }

  private boolean add(String line) {
    String[] parts = line.split("\\s+", 2);
    if (parts.length < 2) {
      return false;
    }
    String value = parts[1];
    FoldedText folded = FoldedText.of(value);
    return switch (parts[0]) {
      case "break" -> folded.length() == 2 && breaks.add(folded.text(0, 2));
      case "token" -> addToken(value);
      case "label" -> addName(folded, false, NameTree.Kind.LABEL);
      case "heading" -> addName(folded, false, NameTree.Kind.HEADING);
      case "prose" -> folded.length() > 0 && prose.add(folded.text(0, folded.length()));
      default -> false;
    };
  }

  private boolean addToken(String value) {
    boolean angle = value.startsWith("<") && value.endsWith(">");
    boolean square = value.startsWith("[") && value.endsWith("]");
    if (value.length() < 3 || !(angle || square)) {
      return false;
    }
    boolean digits = value.charAt(value.length() - 2) == '*';
    String name = value.substring(1, value.length() - (digits ? 2 : 1));
    return addName(
        FoldedText.of(name),
        digits,
        angle ? NameTree.Kind.ANGLE_TOKEN : NameTree.Kind.SQUARE_TOKEN);
  }

  private boolean addName(FoldedText name, boolean digitsFollow, NameTree.Kind kind) {
    return name.length() > 0 && names.add(name, digitsFollow, kind);
  }

  boolean isBroken(FoldedText text, int index) {
    return index + 1 < text.length() && breaks.contains(text.text(index, index + 2));
  }

  NameTree.@Nullable Match match(FoldedText text, int from) {
    return names.match(text, from);
  }

  /** Whether the word that ends here is one that a label after it goes on with. */
  boolean isProse(FoldedText text, int end) {
    int start = end;
    while (Signs.isWord(text.at(start - 1))) {
      start--;
    }
    return prose.contains(text.text(start, end));
  }
}
