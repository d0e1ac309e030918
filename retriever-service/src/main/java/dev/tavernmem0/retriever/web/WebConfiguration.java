package dev.tavernmem0.retriever.web;

import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.JsonNodeFeature;

/** JSON and the filters of the HTTP interface. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration {
  private static final String API = "/v1/*";

  /** Behind the access rules. */
  private static final int LAST = 100;

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
  FilterRegistrationBean<RequestSizeFilter> requestSize(WebOptions options) {
    return ordered(new RequestSizeFilter(options.maxRequestBytes()), LAST);
  }

  private static <F extends jakarta.servlet.Filter> FilterRegistrationBean<F> ordered(
      F filter, int position) {
    FilterRegistrationBean<F> registration = new FilterRegistrationBean<>(filter);
    registration.addUrlPatterns(API);
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + position);
    return registration;
  }
}
