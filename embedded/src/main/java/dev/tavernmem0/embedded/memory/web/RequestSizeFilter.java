package dev.tavernmem0.embedded.memory.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingRequestWrapper;

/** Refuses bodies that would only fill the memory; the longest line of a chat is well below. */
@Component
@Order(0)
class RequestSizeFilter extends OncePerRequestFilter {
  static final int MAX_BYTES = 32 * 1024 * 1024;

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(
        new ContentCachingRequestWrapper(request, MAX_BYTES) {
          @Override
          protected void handleContentOverflow(int limit) {
            throw ApiException.tooLarge(limit);
          }
        },
        response);
  }
}
