package dev.tavernmem0.service.trace;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives each request its name and its start. The name is the caller's ({@code X-Request-Id}, or the
 * trace id of a W3C {@code traceparent}), or a new one; it is in the answer, its {@code
 * X-Request-Id} header and the log's {@code trace_id}.
 */
public final class RequestTrace extends OncePerRequestFilter {
  /** The request attribute that holds its name. */
  public static final String TRACE_ID = "dev.tavernmem0.service.trace-id";

  /** The request attribute that holds {@link System#nanoTime()} of its start. */
  public static final String START_NANOS = "dev.tavernmem0.service.start-nanos";

  private static final String REQUEST_ID = "X-Request-Id";
  private static final String MDC_KEY = "trace_id";
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._:/=+-]{1,128}");
  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String traceId = traceId(request.getHeader(REQUEST_ID), request.getHeader("traceparent"));
    request.setAttribute(START_NANOS, System.nanoTime());
    request.setAttribute(TRACE_ID, traceId);
    response.setHeader(REQUEST_ID, traceId);
    MDC.put(MDC_KEY, traceId);
    try {
      chain.doFilter(request, response);
    } finally {
      MDC.remove(MDC_KEY);
    }
  }

  private static String traceId(@Nullable String requestId, @Nullable String traceparent) {
    if (requestId != null && SAFE.matcher(requestId).matches()) {
      return requestId;
    }
    if (traceparent != null) {
      Matcher matcher = TRACEPARENT.matcher(traceparent);
      if (matcher.matches()) {
        return matcher.group(1);
      }
    }
    return UUID.randomUUID().toString();
  }
}
