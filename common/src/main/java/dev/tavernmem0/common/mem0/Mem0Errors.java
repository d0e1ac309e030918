package dev.tavernmem0.common.mem0;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Maps what went wrong to {@link Mem0Exception}. The rule for writes: whatever may have been
 * carried out is ambiguous, because mem0 goes on after a client gave up.
 */
final class Mem0Errors {
  private static final Logger LOG = LoggerFactory.getLogger(Mem0Errors.class);

  /** What FastAPI calls fields, places in lists, and kinds of errors. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,40}");

  private Mem0Errors() {}

  static Mem0Exception ofStatus(Operation operation, int status, byte[] body) {
    JsonNode answer = parse(body);
    String code = answer == null ? null : codeOrNull(answer.path("code"));
    String message =
        operation + " answered " + status + (code == null ? "" : " " + code) + detail(answer);
    if (status == 401 || status == 403 || "provider_auth_failed".equals(code)) {
      return new Mem0Exception.Auth(message, status, code);
    }
    if (isNoMem0(operation, status)) {
      return new Mem0Exception.Transient(message + "; is mem0.base-url right?", status, code, null);
    }
    if ("provider_bad_request".equals(code)) {
      return new Mem0Exception.Permanent(message, status, code);
    }
    boolean notCarriedOut = status == 408 || status == 425 || status == 429 || status == 503;
    if (notCarriedOut || (status >= 500 && operation.repeatable())) {
      return new Mem0Exception.Transient(message, status, code, null);
    }
    if (status >= 500) {
      // The provider's codes too: mem0 1.x asks its model about the graph after it has stored.
      return new Mem0Exception.Ambiguous(message, status, code, null);
    }
    return new Mem0Exception.Permanent(message, status, code);
  }

  /**
   * mem0 has these addresses and answers them itself. What sends a call on, or does not know its
   * address, is something else at the wrong address, or a gateway whose mem0 is not up yet: to call
   * that a refusal would give up on turns that mem0 has never seen.
   */
  private static boolean isNoMem0(Operation operation, int status) {
    return operation.addressesMem0()
        && ((status >= 300 && status < 400) || status == 404 || status == 405);
  }

  static Mem0Exception ofFailure(Operation operation, IOException failure) {
    boolean tooSlow = operation == Operation.ADD && failure instanceof SocketTimeoutException;
    String message =
        operation
            + (tooSlow
                ? " got no answer in time; if mem0's model takes so long, raise"
                    + " mem0.write-timeout-ms"
                : " failed: " + failure.getClass().getSimpleName());
    if (operation.repeatable() || neverSent(failure)) {
      return new Mem0Exception.Transient(message, null, null, failure);
    }
    return new Mem0Exception.Ambiguous(message, null, null, failure);
  }

  static Mem0Exception ofMalformedAnswer(Operation operation, int status, RuntimeException cause) {
    String why =
        cause instanceof Mem0Json.MalformedAnswerException ? cause.getMessage() : "not JSON";
    String message = operation + " answered " + status + " with a body that is not mem0's: " + why;
    // Jackson's message may quote the body, so the cause is left out.
    if (operation.repeatable()) {
      return new Mem0Exception.Transient(message, status, null, null);
    }
    return new Mem0Exception.Ambiguous(message, status, null, null);
  }

  private static boolean neverSent(IOException failure) {
    return failure instanceof ConnectException
        || failure instanceof NoRouteToHostException
        || failure instanceof UnknownHostException
        || failure instanceof ConnectTimeoutException
        || failure instanceof ConnectionRequestTimeoutException;
  }

  /**
   * Where a field is wrong and in which way, by FastAPI's own names for both. Sentences, and above
   * all FastAPI's {@code input}, may quote what was sent, so they are for the debug log alone.
   */
  private static String detail(@Nullable JsonNode answer) {
    StringJoiner fields = new StringJoiner("; ", ": ", "").setEmptyValue("");
    if (answer != null) {
      LOG.debug("mem0 says: {}", answer);
      for (JsonNode error : answer.path("detail")) {
        if (error.path("loc").isArray()) {
          StringJoiner location = new StringJoiner(".");
          error.path("loc").forEach(part -> location.add(name(part)));
          fields.add(location + " " + name(error.path("type")));
        }
      }
    }
    return fields.toString();
  }

  private static String name(JsonNode node) {
    String text = node.asString("");
    return NAME.matcher(text).matches() ? text : "?";
  }

  private static @Nullable JsonNode parse(byte[] body) {
    try {
      return Mem0Json.read(body);
    } catch (JacksonException e) {
      return null;
    }
  }

  private static @Nullable String codeOrNull(JsonNode node) {
    return node.isString() && NAME.matcher(node.stringValue()).matches()
        ? node.stringValue()
        : null;
  }
}
