package dev.tavernmem0.service.limits;

import dev.tavernmem0.service.problem.ProblemWriter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import tools.jackson.databind.json.JsonMapper;

/** Bounds every body, once it is known that its sender may send one. */
@AutoConfiguration
@EnableConfigurationProperties(LimitsProperties.class)
public class LimitsConfiguration {
  private static final int BEHIND_THE_ACCESS_RULES = Ordered.HIGHEST_PRECEDENCE + 100;

  @Bean
  FilterRegistrationBean<BodyLimitFilter> bodyLimitFilter(
      LimitsProperties limits, JsonMapper json) {
    FilterRegistrationBean<BodyLimitFilter> registration =
        new FilterRegistrationBean<>(
            new BodyLimitFilter(
                limits.maxRequestBytes(), limits.bodyTimeout(), new ProblemWriter(json)));
    registration.setOrder(BEHIND_THE_ACCESS_RULES);
    return registration;
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> unreadBodies() {
    return tomcat -> tomcat.addEngineValves(new UnreadBodyValve());
  }
}
