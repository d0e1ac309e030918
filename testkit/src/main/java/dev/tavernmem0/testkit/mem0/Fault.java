package dev.tavernmem0.testkit.mem0;

import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the server does instead of answering a call properly. "Before" means that the call has no
 * effect; "after" that mem0 carried it out and the client is not told.
 */
public sealed interface Fault {

  /** Waits, then goes on with {@code next}. */
  record Delayed(Duration delay, Fault next) implements Fault {}

  /** No fault: carries the call out and answers. */
  record Honest() implements Fault {}

  /** Answers with this instead. */
  record Respond(int status, String contentType, String body, When when) implements Fault {}

  /** Resets the connection (TCP RST). */
  record Reset(When when) implements Fault {}

  /** Keeps the connection open and never answers. */
  record Silence(When when) implements Fault {}

  /** Carries the call out and sends only the first half of the answer that it announced. */
  record Truncate() implements Fault {}

  /** Answers an add with ids as if it had stored the memories, without storing them. */
  record PhantomIds() implements Fault {}

  /** Whether mem0 carried the call out before the fault. */
  enum When {
    BEFORE,
    AFTER
  }

  /** This fault, but only after a delay. */
  default Fault after(Duration delay) {
    return new Delayed(delay, this);
  }

  /** A slow but proper answer. */
  static Fault delay(Duration delay) {
    return new Delayed(delay, new Honest());
  }

  /** An error as FastAPI writes it; the call has no effect. */
  static Fault status(int status) {
    return new Respond(status, Answer.JSON, detail("injected " + status), When.BEFORE);
  }

  /** mem0 v2's 502 with a code, such as {@code provider_rate_limited}; the call has no effect. */
  static Fault upstreamError(String code) {
    return new Respond(502, Answer.JSON, upstream(code), When.BEFORE);
  }

  /** As {@link #upstreamError}, but the memories are stored nevertheless. */
  static Fault storesThenUpstreamError(String code) {
    return new Respond(502, Answer.JSON, upstream(code), When.AFTER);
  }

  /** mem0 v1's error: always 500. */
  static Fault v1Error(String detail) {
    return new Respond(500, Answer.JSON, detail(detail), When.BEFORE);
  }

  static Fault resetBefore() {
    return new Reset(When.BEFORE);
  }

  static Fault resetAfter() {
    return new Reset(When.AFTER);
  }

  /** Never answers, and does nothing. */
  static Fault neverAnswer() {
    return new Silence(When.BEFORE);
  }

  /** Carries the call out, and never answers: the client's timeout strikes. */
  static Fault storesButTimesOut() {
    return new Silence(When.AFTER);
  }

  /** 200 with no results, and nothing stored or searched. */
  static Fault emptyResults() {
    return new Respond(200, Answer.JSON, "{\"results\":[]}", When.BEFORE);
  }

  static Fault phantomIds() {
    return new PhantomIds();
  }

  static Fault truncatedBody() {
    return new Truncate();
  }

  /** 200 with a body that says it is JSON and is not; the call has no effect. */
  static Fault garbage() {
    return new Respond(200, Answer.JSON, "\u0000}{\"results\": [nope", When.BEFORE);
  }

  /** 200 with a web page, as a proxy in between would send it; the call has no effect. */
  static Fault htmlPage() {
    return new Respond(
        200, "text/html; charset=utf-8", "<!doctype html><title>Sign in</title>", When.BEFORE);
  }

  /** This JSON with this status; the call has no effect. */
  static Fault respond(int status, String json) {
    return new Respond(status, Answer.JSON, json, When.BEFORE);
  }

  private static String detail(String detail) {
    return JsonMapper.shared().writeValueAsString(Map.of("detail", detail));
  }

  private static String upstream(String code) {
    return JsonMapper.shared()
        .writeValueAsString(
            Map.of("detail", "Upstream provider error.", "code", code, "request_id", "0badcafe"));
  }
}
