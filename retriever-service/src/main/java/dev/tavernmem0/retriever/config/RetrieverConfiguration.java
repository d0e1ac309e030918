package dev.tavernmem0.retriever.config;

import dev.tavernmem0.retriever.browse.MemoryBrowser;
import dev.tavernmem0.retriever.curation.KeptMemories;
import dev.tavernmem0.retriever.guard.Guard;
import dev.tavernmem0.retriever.health.LedgerHealthIndicator;
import dev.tavernmem0.retriever.health.Mem0HealthIndicator;
import dev.tavernmem0.retriever.ledger.LedgerFollower;
import dev.tavernmem0.retriever.prompt.BlockTemplate;
import dev.tavernmem0.retriever.recall.RecallMetrics;
import dev.tavernmem0.retriever.recall.Retriever;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import dev.tavernmem0.retriever.web.RequestDefaults;
import dev.tavernmem0.service.mem0.Mem0ConnectionProperties;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What there is with and without mem0. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  Mem0ConnectionProperties.class,
  Mem0SearchProperties.class,
  RetrieverProperties.class
})
class RetrieverConfiguration {

  @Bean
  RequestDefaults requestDefaults(Mem0SearchProperties mem0, RetrieverProperties retriever) {
    try {
      BlockTemplate unusedCheck = BlockTemplate.parse(retriever.template(), null, null);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("tavern.retriever.template: " + e.getMessage(), e);
    }
    return new RequestDefaults(
        retriever.limit(),
        retriever.maxChars(),
        retriever.template(),
        mem0.queryEnhancement().includeContext(),
        mem0.queryEnhancement().rewriteEnabled(),
        Duration.ofMillis(mem0.timeoutMs()));
  }

  @Bean
  CharacterScopes characterScopes() {
    return new CharacterScopes();
  }

  @Bean
  KeptMemories keptMemories() {
    return new KeptMemories();
  }

  @Bean
  RecallMetrics recallMetrics(MeterRegistry meters) {
    return new RecallMetrics(meters);
  }

  @Bean
  @ConditionalOnBooleanProperty(name = "mem0.enabled", havingValue = false)
  Retriever disabledRetriever() {
    return Retriever.disabled();
  }

  @Bean
  Mem0HealthIndicator mem0HealthIndicator(
      Optional<Guard> guard,
      Optional<MemoryBrowser> browser,
      Optional<LedgerFollower> ledger,
      Mem0SearchProperties mem0,
      RecallMetrics metrics) {
    return new Mem0HealthIndicator(
        guard, browser, ledger, mem0.queryEnhancement().hasRewriteModel(), metrics);
  }

  @Bean
  LedgerHealthIndicator ledgerHealthIndicator(Optional<LedgerFollower> ledger) {
    return new LedgerHealthIndicator(ledger);
  }
}
