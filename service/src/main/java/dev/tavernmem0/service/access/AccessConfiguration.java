package dev.tavernmem0.service.access;

import dev.tavernmem0.service.problem.ProblemWriter;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import tools.jackson.databind.json.JsonMapper;

/** The access rules of a service: first whether a page asks, then who. */
@AutoConfiguration
@EnableConfigurationProperties(AccessProperties.class)
public class AccessConfiguration {
  private static final long PREFLIGHT_SECONDS = 3600;

  /** After what gives a request its id, before everything else. */
  private static final int FIRST = Ordered.HIGHEST_PRECEDENCE + 10;

  private static final String MANAGEMENT_PORT = "management.server.port";

  @Bean
  @ConditionalOnMissingBean
  PublicPaths publicPaths() {
    return PublicPaths.health();
  }

  @Bean
  FilterRegistrationBean<BrowserFilter> browserFilter(AccessProperties access, JsonMapper json) {
    return ordered(new BrowserFilter(access, new ProblemWriter(json)), FIRST);
  }

  @Bean
  FilterRegistrationBean<CorsFilter> corsFilter(AccessProperties access) {
    CorsConfiguration cors = new CorsConfiguration();
    cors.setAllowedOrigins(access.origins());
    cors.setAllowedMethods(List.of("GET", "POST", "PUT", "DELETE"));
    cors.setAllowedHeaders(
        List.of(HttpHeaders.CONTENT_TYPE, ApiKeyFilter.HEADER, "X-Request-Id", "traceparent"));
    cors.setExposedHeaders(List.of("X-Request-Id"));
    cors.setMaxAge(PREFLIGHT_SECONDS);
    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
    source.registerCorsConfiguration("/**", cors);
    FilterRegistrationBean<CorsFilter> filter = ordered(new CorsFilter(source), FIRST + 1);
    filter.setEnabled(!access.origins().isEmpty());
    return filter;
  }

  /**
   * The key's filter.
   *
   * @throws KeyRequiredException if there is no key and the service would be reachable from other
   *     machines
   * @throws InvalidConfigurationPropertyValueException if there is to be a second port, which would
   *     have none of these filters and be reachable from everywhere
   */
  @Bean
  FilterRegistrationBean<ApiKeyFilter> apiKeyFilter(
      AccessProperties access,
      PublicPaths open,
      JsonMapper json,
      ServerProperties server,
      @Value("${management.server.port:#{null}}") @Nullable Integer managementPort,
      @Value("${spring.application.name}") String service) {
    if (managementPort != null && managementPort >= 0) {
      throw new InvalidConfigurationPropertyValueException(
          MANAGEMENT_PORT, managementPort, "nobody would be asked for a key there. Leave it out");
    }
    String key = access.apiKey();
    if (key == null && !isLoopback(server.getAddress())) {
      throw new KeyRequiredException(service, address(server.getAddress()));
    }
    return ordered(new ApiKeyFilter(key, open, new ProblemWriter(json)), FIRST + 2);
  }

  private static boolean isLoopback(@Nullable InetAddress address) {
    return address != null && address.isLoopbackAddress();
  }

  private static String address(@Nullable InetAddress address) {
    return address == null || address.isAnyLocalAddress()
        ? "every interface"
        : address.getHostAddress();
  }

  private static <F extends jakarta.servlet.Filter> FilterRegistrationBean<F> ordered(
      F filter, int order) {
    FilterRegistrationBean<F> registration = new FilterRegistrationBean<>(filter);
    registration.setOrder(order);
    return registration;
  }
}
