package dev.tavernmem0.service.info;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Which service this is, and of which version: among the details of its health, for the key. */
@AutoConfiguration
public class InfoConfiguration {

  @Bean
  HealthIndicator serviceHealthIndicator(@Value("${spring.application.name}") String name) {
    Health health =
        Health.up()
            .withDetail("name", name)
            .withDetail("version", ProgramVersion.current())
            .build();
    return () -> health;
  }
}
