package dev.tavernmem0.embedded.memory.web;

import dev.tavernmem0.common.json.Json;
import dev.tavernmem0.embedded.memory.MemoryServerProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets in who may come in: with the API key, if one is set. Requests that a web page in the user's
 * browser makes are refused in any case: the server listens where every page can reach it, and some
 * of its requests change much with little.
 */
@Component
@Order(0)
class AccessFilter extends OncePerRequestFilter {
  private static final Set<String> OPEN_PATHS =
      Set.of("/openapi.json", "/auth/setup-status", "/health");
  private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

  private final byte @Nullable [] apiKey;

  AccessFilter(MemoryServerProperties properties) {
    String key = properties.apiKey();
    apiKey = key == null || key.isEmpty() ? null : key.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getHeader(HttpHeaders.ORIGIN) != null || isRebound(request)) {
      refuse(response, HttpStatus.FORBIDDEN, "Requests from web pages are not served.");
    } else if (apiKey == null || isOpen(request.getRequestURI())) {
      chain.doFilter(request, response);
    } else {
      String given = request.getHeader("X-API-Key");
      if (given == null) {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        refuse(
            response,
            HttpStatus.UNAUTHORIZED,
            "Authentication required. Provide a Bearer token or X-API-Key header.");
      } else if (MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), apiKey)) {
        chain.doFilter(request, response);
      } else {
        refuse(response, HttpStatus.UNAUTHORIZED, "Invalid API key.");
      }
    }
  }

  /** Whether a foreign name was made to point at this machine's loopback interface. */
  private static boolean isRebound(HttpServletRequest request) throws IOException {
    return InetAddress.getByName(request.getLocalAddr()).isLoopbackAddress()
        && !LOOPBACK_NAMES.contains(request.getServerName());
  }

  private static boolean isOpen(String path) {
    return OPEN_PATHS.contains(path) || path.startsWith("/actuator/health");
  }

  private static void refuse(HttpServletResponse response, HttpStatus status, String detail)
      throws IOException {
    response.setStatus(status.value());
    response.setContentType(MediaType.APPLICATION_JSON_VALUE);
    response.getOutputStream().write(Json.MAPPER.writeValueAsBytes(Map.of("detail", detail)));
  }
}
