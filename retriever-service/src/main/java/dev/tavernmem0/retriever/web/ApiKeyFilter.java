package dev.tavernmem0.retriever.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets nobody at memories without the {@code X-API-Key} that was configured. */
final class ApiKeyFilter extends OncePerRequestFilter {
  private static final String HEADER = "X-API-Key";
  private static final String PROBLEM =
      """
      {"type":"urn:tavern-mem0:problem:api-key","title":"Unauthorized","status":401,\
      "detail":"The header X-API-Key is missing or wrong.","field":"X-API-Key",\
      "fix":"send the key that the retriever's tavern.retriever.api-key holds"}""";

  private final byte[] key;

  ApiKeyFilter(String key) {
    this.key = key.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (isRight(request.getHeader(HEADER))) {
      chain.doFilter(request, response);
      return;
    }
    response.setStatus(HttpStatus.UNAUTHORIZED.value());
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.getOutputStream().write(PROBLEM.getBytes(StandardCharsets.UTF_8));
  }

  private boolean isRight(@Nullable String given) {
    return given != null && MessageDigest.isEqual(key, given.getBytes(StandardCharsets.UTF_8));
  }
}
