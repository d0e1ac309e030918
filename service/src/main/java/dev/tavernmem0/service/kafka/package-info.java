/**
 * Kafka as every service uses it: Spring Kafka's configuration and factories with what the
 * pipeline's topics need, and the settings of topics that have to be made. Auto-configured where
 * Spring Boot configures Kafka.
 */
@NullMarked
package dev.tavernmem0.service.kafka;

import org.jspecify.annotations.NullMarked;
