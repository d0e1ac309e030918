package dev.tavernmem0.common.mem0;

import org.springframework.http.HttpMethod;

/** The calls that the client makes. */
enum Operation {
  ADD(HttpMethod.POST, "/memories", false),
  SEARCH(HttpMethod.POST, "/search", true),
  LIST(HttpMethod.GET, "/memories", true),
  GET(HttpMethod.GET, "/memories/{id}", true),
  UPDATE(HttpMethod.PUT, "/memories/{id}", true),
  DELETE(HttpMethod.DELETE, "/memories/{id}", true),
  SETUP_STATUS(HttpMethod.GET, "/auth/setup-status", true),
  READY(HttpMethod.GET, "/ready", true);

  @SuppressWarnings("ImmutableEnumChecker") // One of HttpMethod's constants.
  private final HttpMethod method;

  private final String path;
  private final boolean repeatable;

  Operation(HttpMethod method, String path, boolean repeatable) {
    this.method = method;
    this.path = path;
    this.repeatable = repeatable;
  }

  HttpMethod method() {
    return method;
  }

  String path() {
    return path;
  }

  /** Its address is the same for every call, so that a mem0 always knows it. */
  boolean addressesMem0() {
    return this == ADD || this == SEARCH || this == LIST;
  }

  /**
   * Whether it asks no model and waits for no call that does: mem0 answers it soon, or hangs. A
   * deletion may wait: our image has a lane for all that writes.
   */
  boolean isPlainRead() {
    return this == LIST || this == GET || this == SETUP_STATUS || this == READY;
  }

  /** Doing it twice is as good as once, so a failure never leaves a doubt. */
  boolean repeatable() {
    return repeatable;
  }

  @Override
  public String toString() {
    return "mem0 " + method + " " + path;
  }
}
