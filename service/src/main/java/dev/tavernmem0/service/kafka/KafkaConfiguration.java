package dev.tavernmem0.service.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;

/**
 * The clients, with the settings of the factories that Spring Boot makes of {@code spring.kafka}.
 */
@AutoConfiguration(after = KafkaAutoConfiguration.class)
@ConditionalOnBean(KafkaAdmin.class)
@EnableConfigurationProperties(TopicsProperties.class)
public class KafkaConfiguration {

  @Bean
  KafkaClients kafkaClients(
      DefaultKafkaConsumerFactory<?, ?> consumers,
      DefaultKafkaProducerFactory<?, ?> producers,
      KafkaAdmin admin,
      MeterRegistry meters) {
    return new KafkaClients(
        consumers.getConfigurationProperties(),
        producers.getConfigurationProperties(),
        admin.getConfigurationProperties(),
        meters);
  }
}
