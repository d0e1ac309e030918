package dev.tavernmem0.service.access;

import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets nobody in without the key, if there is one: as {@code X-API-Key}, or as bearer token for
 * callers that can send nothing else (Prometheus, OpenAI clients). Who has it, or needs none, has a
 * {@link HttpServletRequest#getUserPrincipal() principal} from then on, which is what Spring Boot
 * shows the details of health to. Thread-safe.
 */
final class ApiKeyFilter extends OncePerRequestFilter {
  static final String HEADER = "X-API-Key";
  private static final String BEARER = "Bearer ";

  private final byte @Nullable [] key;
  private final PublicPaths open;
  private final ProblemWriter problems;

  /**
   * @param key null if there is none
   */
  ApiKeyFilter(@Nullable String key, PublicPaths open, ProblemWriter problems) {
    this.key = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
    this.open = open;
    this.problems = problems;
  }

  /** A preflight has no key; the filter before this one answers those of pages that may call. */
  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return CorsUtils.isPreFlightRequest(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String given = given(request);
    if (key == null || (given != null && isKey(key, given))) {
      chain.doFilter(new Known(request), response);
      return;
    }
    if (open.contains(request.getRequestURI())) {
      chain.doFilter(request, response);
      return;
    }
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    String what = given == null ? "missing" : "wrong";
    problems.write(
        Problem.of(HttpStatus.UNAUTHORIZED, "api-key", "The API key is " + what + ".")
            .in(HEADER, "", "send the key that the service's tavern.access.api-key holds"),
        response);
  }

  private static boolean isKey(byte[] key, String given) {
    return MessageDigest.isEqual(key, given.getBytes(StandardCharsets.UTF_8));
  }

  /** A request of somebody who may see everything. */
  private static final class Known extends HttpServletRequestWrapper {
    Known(HttpServletRequest request) {
      super(request);
    }

    @Override
    public Principal getUserPrincipal() {
      return () -> "operator";
    }
  }

  private static @Nullable String given(HttpServletRequest request) {
    String header = request.getHeader(HEADER);
    if (header != null) {
      return header;
    }
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    // Of the scheme's name the case does not matter, says RFC 9110.
    return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? authorization.substring(BEARER.length())
        : null;
  }
}
