package dev.tavernmem0.retriever.web;

import java.util.List;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.JsonNodeFeature;

/** JSON and the filters of the HTTP interface. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration {
  private static final String API = "/v1/*";
  private static final String HEALTH = "/actuator/health";
  private static final long PREFLIGHT_SECONDS = 3600;

  /** Messages pass through without loss: numbers keep every digit. */
  @Bean
  JsonMapperBuilderCustomizer retrieverJson() {
    return builder ->
        builder
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
  }

  @Bean
  FilterRegistrationBean<RequestTrace> requestTrace() {
    return ordered(new RequestTrace(), 0);
  }

  @Bean
  FilterRegistrationBean<CorsFilter> cors(WebOptions options) {
    CorsConfiguration cors = new CorsConfiguration();
    cors.setAllowedOrigins(options.corsOrigins());
    cors.setAllowedMethods(List.of("GET", "POST", "DELETE"));
    cors.setAllowedHeaders(
        List.of(HttpHeaders.CONTENT_TYPE, "X-API-Key", "X-Request-Id", "traceparent"));
    cors.setExposedHeaders(List.of("X-Request-Id"));
    cors.setMaxAge(PREFLIGHT_SECONDS);
    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
    source.registerCorsConfiguration("/v1/**", cors);
    // The extension's connection test asks it from the browser when there is no server plugin.
    source.registerCorsConfiguration(HEALTH, cors);
    FilterRegistrationBean<CorsFilter> filter = ordered(new CorsFilter(source), 1);
    filter.addUrlPatterns(HEALTH);
    return filter;
  }

  @Bean
  FilterRegistrationBean<OncePerRequestFilter> apiKey(WebOptions options) {
    String key = options.apiKey();
    boolean open = key == null || key.isBlank();
    FilterRegistrationBean<OncePerRequestFilter> filter =
        ordered(new ApiKeyFilter(open ? "" : String.valueOf(key)), 2);
    filter.setEnabled(!open);
    return filter;
  }

  @Bean
  FilterRegistrationBean<RequestSizeFilter> requestSize(WebOptions options) {
    return ordered(new RequestSizeFilter(options.maxRequestBytes()), 3);
  }

  private static <F extends jakarta.servlet.Filter> FilterRegistrationBean<F> ordered(
      F filter, int position) {
    FilterRegistrationBean<F> registration = new FilterRegistrationBean<>(filter);
    registration.addUrlPatterns(API);
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + position);
    return registration;
  }
}
