package dev.tavernmem0.service.problem;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/**
 * Why a request was refused, as every service says it: an RFC 9457 problem with three members of
 * its own, {@code field}, {@code value} and {@code fix}.
 *
 * @param status of the answer
 * @param type last part of the problem's type, {@code urn:tavern-mem0:problem:TYPE}
 * @param detail one sentence
 * @param field as the request names it; null if no single one is the cause
 * @param value what the field holds; cut to a readable length, never chat text
 * @param fix what the caller should do instead
 */
public record Problem(
    HttpStatus status,
    String type,
    String detail,
    @Nullable String field,
    @Nullable String value,
    @Nullable String fix) {
  private static final String TYPE = "urn:tavern-mem0:problem:";
  private static final int MAX_VALUE = 100;

  public Problem {
    if (value != null && value.length() > MAX_VALUE) {
      value = value.substring(0, MAX_VALUE) + "…";
    }
  }

  /** A problem that no single field is the cause of. */
  public static Problem of(HttpStatus status, String type, String detail) {
    return new Problem(status, type, detail, null, null, null);
  }

  /** The same, caused by a field. */
  public Problem in(String causing, @Nullable Object holds, String whatToDo) {
    return new Problem(status, type, detail, causing, String.valueOf(holds), whatToDo);
  }

  /** The members of its JSON, in order. */
  public Map<String, Object> members() {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("type", TYPE + type);
    members.put("title", status.getReasonPhrase());
    members.put("status", status.value());
    members.put("detail", detail);
    if (field != null) {
      members.put("field", field);
      members.put("value", String.valueOf(value));
      members.put("fix", String.valueOf(fix));
    }
    return members;
  }

  /** For Spring to write. */
  public ProblemDetail toDetail() {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
    problem.setType(URI.create(TYPE + type));
    if (field != null) {
      problem.setProperty("field", field);
      problem.setProperty("value", value);
      problem.setProperty("fix", fix);
    }
    return problem;
  }
}
