package dev.tavernmem0.cli.operate;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a service.
 *
 * @param text path and query, encoded
 */
public record RequestPath(String text) {

  /** A path that needs no encoding. */
  public static RequestPath of(String path) {
    return new RequestPath(path);
  }

  /** One segment more. */
  RequestPath child(String segment) {
    return new RequestPath(text + "/" + encoded(segment));
  }

  /** One parameter more; none if the value is null. */
  public RequestPath with(String name, @Nullable Object value) {
    return value == null
        ? this
        : new RequestPath(
            text + (text.contains("?") ? "&" : "?") + name + "=" + encoded(value.toString()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
