package dev.tavernmem0.writer.clean;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes code out of a text, so that what is in it stays as it is, and puts it back. Panels and
 * reasoning between fences are left out for good. Not thread-safe.
 */
final class HiddenCode {
  private static final Pattern PLACE = Pattern.compile("\uFDD0(\\d{1,9})\uFDD1");

  private final List<String> hidden = new ArrayList<>();

  String hide(String text, Set<Removed> removed) {
    StringBuilder out = new StringBuilder(text.length());
    int from = 0;
    for (CodeSpan span : CodeSpans.in(text)) {
      out.append(text, from, span.start());
      switch (span.content()) {
        case PANEL -> removed.add(Removed.MARKUP);
        case REASONING -> removed.add(Removed.REASONING);
        case CODE -> {
          out.append('\uFDD0').append(hidden.size()).append('\uFDD1');
          hidden.add(text.substring(span.start(), span.end()));
        }
      }
      from = span.end();
    }
    return out.append(text, from, text.length()).toString();
  }

  String restore(String text) {
    return PLACE
        .matcher(text)
        .replaceAll(
            place -> Matcher.quoteReplacement(hidden.get(Integer.parseInt(place.group(1)))));
  }
}
