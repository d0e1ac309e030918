package dev.tavernmem0.service.access;

import dev.tavernmem0.service.problem.Problem;
import dev.tavernmem0.service.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps web pages out that the user happens to have open. A page can reach every port of loopback:
 * under a foreign name that it makes point there (DNS rebinding), or by requests whose answers it
 * cannot read but whose effects it wants. So the name has to be a local one, the origin a
 * configured one, and a body JSON, which no page can send elsewhere without asking first.
 * Thread-safe.
 */
final class BrowserFilter extends OncePerRequestFilter {
  private static final Set<String> LOOPBACK_NAMES =
      Set.of("localhost", "127.0.0.1", "[::1]", "[0:0:0:0:0:0:0:1]");

  private final Set<String> hosts;
  private final Set<String> origins;
  private final ProblemWriter problems;

  BrowserFilter(AccessProperties access, ProblemWriter problems) {
    this.hosts =
        Stream.concat(LOOPBACK_NAMES.stream(), access.hosts().stream())
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    this.origins = Set.copyOf(access.origins());
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Problem problem = refusal(request);
    if (problem == null) {
      chain.doFilter(request, response);
    } else {
      problems.write(problem, response);
    }
  }

  private @Nullable Problem refusal(HttpServletRequest request) throws IOException {
    String host = request.getServerName();
    boolean loopback = InetAddress.getByName(request.getLocalAddr()).isLoopbackAddress();
    if (loopback && !hosts.contains(host.toLowerCase(Locale.ROOT))) {
      return Problem.of(HttpStatus.FORBIDDEN, "host", "This is not served under that name.")
          .in("Host", host, "call it localhost, or add the name to tavern.access.hosts");
    }
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin != null && !origins.contains(origin)) {
      return Problem.of(HttpStatus.FORBIDDEN, "origin", "Pages of that origin are not served.")
          .in("Origin", origin, "add the page's origin to tavern.access.origins");
    }
    if (hasBody(request) && !isJson(request.getContentType())) {
      return Problem.of(
              HttpStatus.UNSUPPORTED_MEDIA_TYPE, "content-type", "The body has to be JSON.")
          .in("Content-Type", request.getContentType(), "send Content-Type: application/json");
    }
    return null;
  }

  private static boolean hasBody(HttpServletRequest request) {
    return request.getContentLengthLong() > 0
        || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
  }

  private static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    try {
      MediaType type = MediaType.parseMediaType(contentType);
      return type.getType().equals("application")
          && (type.getSubtype().equals("json") || type.getSubtype().endsWith("+json"));
    } catch (InvalidMediaTypeException e) {
      return false;
    }
  }
}
