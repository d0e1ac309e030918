package dev.tavernmem0.service.problem;

import dev.tavernmem0.common.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * Reads the body of a request that changes much. A field that is not known is refused: it may be
 * one that was meant to narrow the request, and without it everything is meant. Thread-safe.
 *
 * @param <T> what the body is
 */
public final class StrictBody<T> {
  private final ObjectReader reader;
  private final String fields;
  private final String example;
  private final Map<String, String> fixes;

  /**
   * A reader.
   *
   * @param fields what there is, for whoever names another one
   * @param example what to send, for whoever sends nothing
   * @param fixes by field, what to send in it; of others the type is clear
   */
  public StrictBody(Class<T> type, String fields, String example, Map<String, String> fixes) {
    this.reader =
        Json.MAPPER
            .readerFor(type)
            .with(
                DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    this.fields = fields;
    this.example = example;
    this.fixes = Map.copyOf(fixes);
  }

  /**
   * Reads a body.
   *
   * @throws RefusedException if it is not one
   */
  public T read(InputStream body) throws IOException {
    byte[] bytes = body.readAllBytes();
    try {
      @Nullable T request = bytes.length == 0 ? null : reader.readValue(bytes);
      if (request == null) {
        throw RefusedException.malformed("body", "", example);
      }
      return request;
    } catch (UnrecognizedPropertyException e) {
      throw RefusedException.invalidField(
          e.getPropertyName(), "unknown", "there is no such field; there are " + fields);
    } catch (JacksonException e) {
      String field =
          e.getPath().stream()
              .limit(1)
              .map(reference -> String.valueOf(reference.getPropertyName()))
              .collect(Collectors.joining());
      throw RefusedException.malformed(
          field.isEmpty() ? "body" : field,
          "of the wrong type",
          fixes.getOrDefault(field, "send a JSON object with " + fields));
    }
  }
}
