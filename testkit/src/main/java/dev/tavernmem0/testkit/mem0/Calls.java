package dev.tavernmem0.testkit.mem0;

import java.util.function.Predicate;

/** Which calls a fault or a question is about. Combine with {@link Predicate#and}. */
public final class Calls {
  private Calls() {}

  public static Predicate<Mem0Call> any() {
    return call -> true;
  }

  /** {@code POST /memories}. */
  public static Predicate<Mem0Call> add() {
    return to("POST", "/memories");
  }

  /** {@code POST /search}. */
  public static Predicate<Mem0Call> search() {
    return to("POST", "/search");
  }

  /** {@code GET /memories/{id}}. */
  public static Predicate<Mem0Call> get() {
    return call -> call.method().equals("GET") && call.path().startsWith("/memories/");
  }

  /** {@code GET /memories}. */
  public static Predicate<Mem0Call> list() {
    return to("GET", "/memories");
  }

  /** {@code PUT /memories/{id}}. */
  public static Predicate<Mem0Call> update() {
    return call -> call.method().equals("PUT") && call.path().startsWith("/memories/");
  }

  /** {@code DELETE /memories/{id}}. */
  public static Predicate<Mem0Call> delete() {
    return call -> call.method().equals("DELETE") && call.path().startsWith("/memories/");
  }

  public static Predicate<Mem0Call> to(String method, String path) {
    return call -> call.method().equals(method) && call.path().equals(path);
  }

  /** The body holds this text, as it is written in JSON. */
  public static Predicate<Mem0Call> bodyContaining(String text) {
    return call -> call.text().contains(text);
  }
}
