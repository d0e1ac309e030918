package dev.tavernmem0.writer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

class SessionTimeoutTest {
  private static Object sessionTimeout(Map<String, Object> operators) throws IOException {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("operator's", operators));
    for (String file : new String[] {"writer-service.yaml", "service.yaml"}) {
      new YamlPropertySourceLoader()
          .load(file, new ClassPathResource(file))
          .forEach(environment.getPropertySources()::addLast);
    }
    return Binder.get(environment)
        .bind("spring.kafka", KafkaProperties.class)
        .get()
        .buildConsumerProperties()
        .get("session.timeout.ms");
  }

  @Test
  void a_writer_that_was_killed_is_missed_soon() throws IOException {
    assertThat(sessionTimeout(Map.of())).hasToString("10000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spring.kafka.properties.session.timeout.ms",
        "spring.kafka.consumer.properties.session.timeout.ms"
      })
  void an_operators_time_wins(String property) throws IOException {
    assertThat(sessionTimeout(Map.of(property, "30000"))).hasToString("30000");
  }
}
