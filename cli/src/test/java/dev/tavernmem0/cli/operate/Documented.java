package dev.tavernmem0.cli.operate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command that the documentation shows, and what it shows as its output.
 *
 * @param section the heading above it
 * @param command as it stands there
 * @param output the lines below it that are not empty, each with single spaces
 */
record Documented(String section, String command, List<String> output) {
  private static final String PROMPT = "$ tavern-mem0 ";
  private static final String FENCE = "```";
  private static final String HEADING = "## ";
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
  private static final Pattern ANSWER = Pattern.compile(".*\\[y/N] (\\w)");

  /** What is another one each time, or on each machine. */
  private static final Pattern VARYING =
      Pattern.compile(
          "(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\b[0-9a-f]{16}\\b"
              + "|\\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{8}\\b)"
              + "|(?<time>\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z)"
              + "|(?<number>\\d+(?:\\.\\d+)?|(?<= )-(?= ))"
              + "|(?<cut>\\S*…)");

  private static final Map<String, String> PATTERNS =
      Map.of("time", "\\S+Z", "number", "(?:\\d+(?:\\.\\d+)?|-)", "cut", ".*");

  /** All that a page shows, in its order. */
  static List<Documented> in(Path page) throws IOException {
    List<Documented> all = new ArrayList<>();
    String section = "";
    List<String> output = null;
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith(HEADING)) {
        section = line.substring(HEADING.length());
      } else if (line.startsWith(PROMPT)) {
        output = new ArrayList<>();
        all.add(new Documented(section, line.substring(PROMPT.length()), output));
      } else if (line.startsWith(FENCE)) {
        output = null;
      } else if (output != null && !line.isBlank()) {
        output.add(singleSpaced(line));
      }
    }
    return all;
  }

  static String singleSpaced(String line) {
    return line.strip().replaceAll("\\s+", " ");
  }

  /** As the shell parts it. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(command);
    while (matcher.find()) {
      words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }
    return words;
  }

  /** What is typed when it asks; nothing if it does not. */
  String answer() {
    return output.stream()
        .map(ANSWER::matcher)
        .filter(Matcher::matches)
        .map(asked -> asked.group(1) + "\n")
        .findFirst()
        .orElse("");
  }

  /** Whether it is shown as one that was not carried out. */
  boolean fails() {
    return output.stream().anyMatch(line -> line.startsWith("tavern-mem0: "));
  }

  /**
   * Whether a line was printed as the documentation shows it, but for ids, times and numbers.
   *
   * @return the ids of the documentation, each with the one that stands in its place; empty if it
   *     was not
   */
  static Optional<Map<String, String>> idsIn(String documented, List<String> printed) {
    List<String> ids = new ArrayList<>();
    Pattern expected = Pattern.compile(pattern(documented, ids));
    for (String line : printed) {
      Matcher found = expected.matcher(line);
      if (found.matches()) {
        Map<String, String> meant = new HashMap<>();
        for (int i = 0; i < ids.size(); i++) {
          meant.put(ids.get(i), found.group(i + 1));
        }
        return Optional.of(meant);
      }
    }
    return Optional.empty();
  }

  private static String pattern(String documented, List<String> ids) {
    // The answer is not printed, but typed.
    String line = documented.replaceFirst("(\\[y/N]) \\w$", "$1");
    StringBuilder pattern = new StringBuilder();
    Matcher varying = VARYING.matcher(line);
    int end = 0;
    while (varying.find()) {
      pattern.append(Pattern.quote(line.substring(end, varying.start())));
      if (varying.group("id") != null) {
        ids.add(varying.group("id"));
        pattern.append("([0-9a-f-]+)");
      } else {
        PATTERNS.forEach(
            (kind, regex) -> {
              if (varying.group(kind) != null) {
                pattern.append(regex);
              }
            });
      }
      end = varying.end();
    }
    return pattern.append(Pattern.quote(line.substring(end))).toString();
  }
}
