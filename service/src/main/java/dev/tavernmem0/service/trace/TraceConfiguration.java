package dev.tavernmem0.service.trace;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/** Names every request before anything else sees it. */
@AutoConfiguration
public class TraceConfiguration {
  @Bean
  FilterRegistrationBean<RequestTrace> requestTrace() {
    FilterRegistrationBean<RequestTrace> registration =
        new FilterRegistrationBean<>(new RequestTrace());
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }
}
