package dev.tavernmem0.bench;

import java.io.PrintStream;
import java.util.Locale;

/** Prints figures, one a line, with what they are compared to. */
final class Figures {
  private final PrintStream out = System.out;

  void title(String text) {
    out.println();
    out.println(text);
  }

  void figure(String name, double value, String unit) {
    out.printf(Locale.ROOT, "  %-44s %12.3f %s%n", name, value, unit);
  }

  /** A ratio and its aim. */
  void ratio(String name, double value, String aim) {
    out.printf(Locale.ROOT, "  %-44s %12.2f x   %s%n", name, value, aim);
  }
}
