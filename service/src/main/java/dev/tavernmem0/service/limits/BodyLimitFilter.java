package dev.tavernmem0.service.limits;

import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses bodies that are too large (413), that come while too much of others is being worked on
 * (503 with {@code Retry-After}), or that take too long to arrive (408): each would fill the memory
 * or hold a thread. A body is read here, before anybody works on it: once a part of the answer is
 * sent, Tomcat waits for the rest of the request, however slowly that comes. Thread-safe.
 */
final class BodyLimitFilter extends OncePerRequestFilter {
  private static final int SLICE = 16 * 1024;
  private static final String RETRY_AFTER_SECONDS = "1";

  private final int maxBytes;
  private final Duration timeout;
  private final ProblemWriter problems;
  private final Semaphore room;

  BodyLimitFilter(int maxBytes, Duration timeout, ProblemWriter problems) {
    this.maxBytes = maxBytes;
    this.timeout = timeout;
    this.problems = problems;
    this.room = new Semaphore(maxBytes);
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getContentLengthLong() <= 0
        && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Body body = new Body(request.getInputStream());
    try {
      Problem refusal = body.read(request.getContentLengthLong());
      if (refusal == null) {
        chain.doFilter(new ReadRequest(request, body.bytes()), response);
        return;
      }
      if (refusal.status() == HttpStatus.SERVICE_UNAVAILABLE) {
        response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
      }
      problems.write(refusal, response);
    } finally {
      room.release(body.taken);
    }
  }

  private Problem tooLarge() {
    return Problem.of(
            HttpStatus.CONTENT_TOO_LARGE,
            "too-large",
            "The request is larger than " + maxBytes + " bytes.")
        .in(
            "body",
            "more than " + maxBytes + " bytes",
            "send less, or raise tavern.limits.max-request-size and the heap with it");
  }

  private static Problem busy() {
    return Problem.of(
            HttpStatus.SERVICE_UNAVAILABLE, "busy", "Too much is being worked on at this moment.")
        .in("body", "", "send it again after a second");
  }

  private Problem tooSlow() {
    return Problem.of(
            HttpStatus.REQUEST_TIMEOUT,
            "too-slow",
            "The body did not arrive within " + timeout.toMillis() + " ms.")
        .in("body", "", "send it at once, or raise tavern.limits.body-timeout");
  }

  /** A body, and what it has of the room that all share. */
  private final class Body {
    private final InputStream in;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private int taken;

    Body(InputStream in) {
      this.in = in;
    }

    byte[] bytes() {
      return content.toByteArray();
    }

    /** Reads it; says why not, if it is not. {@code announced} is negative if nothing was. */
    @Nullable Problem read(long announced) throws IOException {
      long begun = System.nanoTime();
      byte[] slice = new byte[SLICE];
      Problem refusal = announced < 0 ? null : take(announced);
      while (refusal == null) {
        int count = in.read(slice);
        if (count < 0) {
          return null;
        }
        content.write(slice, 0, count);
        refusal = System.nanoTime() - begun > timeout.toNanos() ? tooSlow() : take(content.size());
      }
      return refusal;
    }

    private @Nullable Problem take(long bytes) {
      if (bytes > maxBytes) {
        return tooLarge();
      }
      if (bytes > taken) {
        int more = (int) Math.min(maxBytes - taken, Math.max(SLICE, bytes - taken));
        if (!room.tryAcquire(more)) {
          return busy();
        }
        taken += more;
      }
      return null;
    }
  }
}
