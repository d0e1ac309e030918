package dev.tavernmem0.cli.operate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Option;

/** Asks before something is deleted, or costs much. */
final class Confirmation {
  private static final Set<String> YES = Set.of("y", "yes", "是", "好");

  @Option(names = {"-y", "--yes"})
  private boolean yes;

  /** Whether nothing is to be asked. */
  boolean isGiven() {
    return yes;
  }

  /**
   * Whether it is to be done.
   *
   * @param question with what would be deleted
   * @param in where the answer comes from; its end means no
   * @param out where a person sees the question, and nothing else reads it
   */
  boolean given(String question, InputStream in, PrintWriter out) {
    if (yes) {
      return true;
    }
    out.print(question + " ");
    out.flush();
    // Not closed: it is the process's own input.
    BufferedReader answers =
        new BufferedReader(new InputStreamReader(in, Charset.defaultCharset()));
    try {
      String answer = answers.readLine();
      return answer != null && YES.contains(answer.strip().toLowerCase(Locale.ROOT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
