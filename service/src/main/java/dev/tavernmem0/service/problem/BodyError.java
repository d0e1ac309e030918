package dev.tavernmem0.service.problem;

import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;

/**
 * What is wrong with a body that Jackson could not read. Says the place and, of a single setting,
 * the value; never Jackson's own message, which may quote the chat.
 *
 * @param field as the request names it, {@code body} if the whole is no JSON object
 * @param value what the field holds; empty if it is not a single value
 * @param detail the problem in one sentence
 * @param fix what the caller should send instead
 */
record BodyError(String field, String value, String detail, String fix) {
  private static final int MAX_VALUE = 100;

  static BodyError of(HttpMessageNotReadableException failure) {
    String path = failure.getCause() instanceof JacksonException json ? path(json) : "";
    if (path.isEmpty()) {
      return new BodyError(
          "body",
          "",
          "The body is not a JSON object.",
          "send a JSON object as the documentation describes it");
    }
    if (failure.getCause() instanceof MismatchedInputException mismatch) {
      return new BodyError(
          path, value(mismatch), path + " has the wrong type.", fix(mismatch.getTargetType()));
    }
    return new BodyError(path, "", "The JSON breaks off or is wrong in " + path + ".", "send JSON");
  }

  Problem problem() {
    return Problem.of(HttpStatus.BAD_REQUEST, "malformed-body", detail).in(field, value, fix);
  }

  private static String value(MismatchedInputException mismatch) {
    if (!(mismatch instanceof InvalidFormatException format)) {
      return "";
    }
    String text = String.valueOf(format.getValue());
    return text.length() > MAX_VALUE ? text.substring(0, MAX_VALUE) + "…" : text;
  }

  private static String fix(@Nullable Class<?> wanted) {
    if (wanted == null) {
      return "send what the documentation describes";
    }
    if (wanted == Integer.class || wanted == int.class) {
      return "send a whole number";
    }
    if (wanted == Boolean.class || wanted == boolean.class) {
      return "send true or false";
    }
    return Collection.class.isAssignableFrom(wanted) ? "send a list of texts" : "send a text";
  }

  private static String path(JacksonException json) {
    return json.getPath().stream()
        .map(
            reference ->
                reference.getPropertyName() == null
                    ? "[" + reference.getIndex() + "]"
                    : reference.getPropertyName())
        .collect(Collectors.joining("."))
        .replace(".[", "[");
  }
}
