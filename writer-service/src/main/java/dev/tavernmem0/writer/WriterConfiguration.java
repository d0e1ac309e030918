package dev.tavernmem0.writer;

import dev.tavernmem0.common.event.Turn;
import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.service.kafka.TopicsProperties;
import dev.tavernmem0.service.mem0.Mem0ConnectionProperties;
import dev.tavernmem0.writer.clean.Cleaned;
import dev.tavernmem0.writer.clean.Cleaning;
import dev.tavernmem0.writer.consume.BatchQueries;
import dev.tavernmem0.writer.consume.ChatAccess;
import dev.tavernmem0.writer.consume.ChatQueries;
import dev.tavernmem0.writer.consume.DifferenceQueries;
import dev.tavernmem0.writer.consume.ForgetOperation;
import dev.tavernmem0.writer.consume.HoldOperations;
import dev.tavernmem0.writer.consume.PauseOperation;
import dev.tavernmem0.writer.consume.ReplayOperation;
import dev.tavernmem0.writer.consume.RequeueOperation;
import dev.tavernmem0.writer.consume.SessionOptions;
import dev.tavernmem0.writer.consume.SweepOperation;
import dev.tavernmem0.writer.consume.TurnConsumer;
import dev.tavernmem0.writer.consume.WordQueries;
import dev.tavernmem0.writer.consume.WriterMetrics;
import dev.tavernmem0.writer.kafka.WriterClients;
import dev.tavernmem0.writer.mem0.GuardOptions;
import dev.tavernmem0.writer.mem0.Mem0Calls;
import dev.tavernmem0.writer.mem0.Mem0Guard;
import dev.tavernmem0.writer.mem0.MessageRoles;
import dev.tavernmem0.writer.mem0.ServerFeatures;
import dev.tavernmem0.writer.mem0.TokenLimit;
import dev.tavernmem0.writer.mem0.WriteOptions;
import dev.tavernmem0.writer.scope.Eligibility;
import dev.tavernmem0.writer.tokens.Tokens;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedRetryMetrics;
import io.github.resilience4j.retry.RetryRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the writer together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Mem0ConnectionProperties.class)
class WriterConfiguration {
  private static final Duration MEM0_CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LONGEST_IN_DOUBT_RETRY = Duration.ofSeconds(2);

  @Bean
  InstantSource clock() {
    return InstantSource.system();
  }

  @Bean
  WriterClients writerClients(
      KafkaClients clients, WriterProperties writer, TopicsProperties topics) {
    return new WriterClients(clients, writer.groupId(), writer.instanceId(), topics.ledger());
  }

  @Bean
  Mem0Client mem0Client(Mem0ConnectionProperties connection, Mem0WriteProperties write) {
    // Look-ups by id go beside the others.
    return connection.client(
        MEM0_CONNECT_TIMEOUT,
        Duration.ofMillis(write.writeTimeoutMs()),
        2 * write.maxConcurrency());
  }

  @Bean
  Mem0Calls mem0Calls(Mem0Client mem0, Mem0WriteProperties write, MeterRegistry meters) {
    return new Mem0Calls(mem0, write.maxConcurrency(), meters);
  }

  @Bean
  CircuitBreakerRegistry circuitBreakers(MeterRegistry meters) {
    CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
    TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(registry).bindTo(meters);
    return registry;
  }

  @Bean
  RetryRegistry retries(MeterRegistry meters) {
    RetryRegistry registry = RetryRegistry.ofDefaults();
    TaggedRetryMetrics.ofRetryRegistry(registry).bindTo(meters);
    return registry;
  }

  @Bean
  Mem0Guard mem0Guard(
      WriterProperties writer, CircuitBreakerRegistry breakers, RetryRegistry retries) {
    WriterProperties.Retry retry = writer.retry();
    Duration inDoubt = retry.reconcileGrace().dividedBy(4);
    return new Mem0Guard(
        new GuardOptions(
            retry.initialBackoff(),
            retry.maxBackoff(),
            retry.breakerWait(),
            retry.auth(),
            inDoubt.compareTo(LONGEST_IN_DOUBT_RETRY) < 0 ? inDoubt : LONGEST_IN_DOUBT_RETRY,
            retry.mostEmpty()),
        breakers,
        retries);
  }

  @Bean
  WriterMetrics writerMetrics(MeterRegistry meters) {
    return new WriterMetrics(meters);
  }

  @Bean
  ChatAccess chatAccess(TurnConsumer consumer) {
    return new ChatAccess(consumer);
  }

  @Bean
  ChatQueries chatQueries(ChatAccess access) {
    return new ChatQueries(access);
  }

  @Bean
  BatchQueries batchQueries(ChatAccess access) {
    return new BatchQueries(access);
  }

  @Bean
  WordQueries wordQueries(ChatAccess access, WriterClients clients) {
    return new WordQueries(access, clients);
  }

  @Bean
  DifferenceQueries differenceQueries(
      ChatAccess access, WriterClients clients, InstantSource clock) {
    return new DifferenceQueries(access, clients, clock);
  }

  @Bean
  HoldOperations holdOperations(ChatAccess access) {
    return new HoldOperations(access);
  }

  @Bean
  RequeueOperation requeueOperation(ChatAccess access) {
    return new RequeueOperation(access);
  }

  @Bean
  PauseOperation pauseOperation(TurnConsumer consumer) {
    return new PauseOperation(consumer);
  }

  @Bean
  ForgetOperation forgetOperation(TurnConsumer consumer, InstantSource clock) {
    return new ForgetOperation(consumer, clock);
  }

  @Bean
  ReplayOperation replayOperation(TurnConsumer consumer, InstantSource clock) {
    return new ReplayOperation(consumer, clock);
  }

  @Bean
  SweepOperation sweepOperation(ChatAccess access) {
    return new SweepOperation(access);
  }

  @Bean
  Cleaning cleaning(CleaningProperties cleaning) {
    return new Cleaning(cleaning.rules());
  }

  private static Eligibility.Text text(Turn turn, Cleaned cleaned) {
    int tokens = Tokens.count(turn.name()) + Tokens.count(cleaned.text());
    return new Eligibility.Text(cleaned.skipReason(), tokens);
  }

  @Bean
  TurnConsumer turnConsumer(
      WriterProperties writer,
      TopicsProperties topics,
      Mem0ConnectionProperties mem0,
      Mem0WriteProperties mem0Write,
      WriterClients clients,
      Mem0Client client,
      Mem0Calls calls,
      Mem0Guard guard,
      Cleaning cleaning,
      WriterMetrics metrics,
      InstantSource clock) {
    SessionOptions session =
        new SessionOptions(
            mem0.enabled(),
            writer.batchRules(),
            new Eligibility(writer.narrator(), turn -> text(turn, cleaning.of(turn.text()))),
            topics.partitions(),
            (short) topics.replicationFactor(),
            writer.shutdownTimeout(),
            writer.retry().reconnect(),
            writer.sweepOptions());
    TokenLimit limit = new TokenLimit(writer.batch().maxTokens());
    WriteOptions options =
        new WriteOptions(
            writer.infer(),
            new MessageRoles(writer.roles(), client),
            new ServerFeatures(client, limit),
            limit,
            cleaning,
            Duration.ofMillis(mem0Write.writeTimeoutMs()),
            writer.retry().reconcileGrace(),
            writer.retry().phantomAttempts());
    return new TurnConsumer(
        session, clients, calls, guard, options, mem0Write.maxConcurrency(), metrics, clock);
  }
}
