package dev.tavernmem0.cli.doctor;

import dev.tavernmem0.common.json.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What was found of one thing. Holds no chat text and no key.
 *
 * @param subject what was looked at, the same word in every language
 * @param text what was found, in one sentence
 * @param mend what to do, with the command or the setting; null if nothing is to be done
 */
record Finding(String subject, Result result, String text, @Nullable String mend) {

  Finding {
    // What a service says may have several lines.
    text = text.replaceAll("\\s+", " ").strip();
  }

  static Finding ok(String subject, String text) {
    return new Finding(subject, Result.OK, text, null);
  }

  static Finding warning(String subject, String text, @Nullable String mend) {
    return new Finding(subject, Result.WARNING, text, mend);
  }

  static Finding problem(String subject, String text, @Nullable String mend) {
    return new Finding(subject, Result.PROBLEM, text, mend);
  }

  static Finding notChecked(String subject, String why, @Nullable String mend) {
    return new Finding(subject, Result.NOT_CHECKED, why, mend);
  }

  JsonNode json() {
    return Json.MAPPER
        .createObjectNode()
        .put("check", subject)
        .put("result", result.title())
        .put("finding", text)
        .put("mend", mend);
  }
}
