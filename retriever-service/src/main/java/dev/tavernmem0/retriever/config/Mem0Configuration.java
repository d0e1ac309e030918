package dev.tavernmem0.retriever.config;

import dev.tavernmem0.common.mem0.Mem0Client;
import dev.tavernmem0.common.mem0.Mem0Exception;
import dev.tavernmem0.retriever.browse.MemoryBrowser;
import dev.tavernmem0.retriever.browse.MemoryEditor;
import dev.tavernmem0.retriever.characters.CharacterFollower;
import dev.tavernmem0.retriever.curation.CurationFollower;
import dev.tavernmem0.retriever.curation.CurationLog;
import dev.tavernmem0.retriever.curation.ForgottenMemories;
import dev.tavernmem0.retriever.curation.KeptMemories;
import dev.tavernmem0.retriever.guard.Guard;
import dev.tavernmem0.retriever.guard.GuardOptions;
import dev.tavernmem0.retriever.ledger.LedgerFollower;
import dev.tavernmem0.retriever.ledger.MemoryChanges;
import dev.tavernmem0.retriever.query.Queries;
import dev.tavernmem0.retriever.query.QueryLadder;
import dev.tavernmem0.retriever.query.QueryLimits;
import dev.tavernmem0.retriever.query.Stage;
import dev.tavernmem0.retriever.recall.LadderRetriever;
import dev.tavernmem0.retriever.recall.RecallMetrics;
import dev.tavernmem0.retriever.recall.Retriever;
import dev.tavernmem0.retriever.recall.StageLimits;
import dev.tavernmem0.retriever.rewrite.OpenAiRewriter;
import dev.tavernmem0.retriever.rewrite.RewriterOptions;
import dev.tavernmem0.retriever.scope.CharacterScopes;
import dev.tavernmem0.retriever.scope.GroupDirectory;
import dev.tavernmem0.retriever.scope.VisibleScopes;
import dev.tavernmem0.retriever.search.MemorySearch;
import dev.tavernmem0.retriever.search.OwnMemories;
import dev.tavernmem0.retriever.search.ScopeGenerations;
import dev.tavernmem0.retriever.search.SearchOptions;
import dev.tavernmem0.service.access.AccessProperties;
import dev.tavernmem0.service.kafka.KafkaClients;
import dev.tavernmem0.service.kafka.TopicsProperties;
import dev.tavernmem0.service.mem0.Mem0ConnectionProperties;
import dev.tavernmem0.service.openai.ChatCompletionsOptions;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts that exist only while mem0 is enabled: none of them costs anything without it. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "mem0.enabled", matchIfMissing = true)
class Mem0Configuration {
  private static final int BROWSE_CONNECTIONS = 2;
  private static final int REWRITE_CONCURRENCY = 4;

  @Bean
  Mem0Client searchClient(
      Mem0ConnectionProperties connection,
      Mem0SearchProperties mem0,
      RetrieverProperties retriever) {
    return connection.client(
        Duration.ofMillis(mem0.connectTimeoutMs()),
        longestSearch(retriever),
        mem0.maxConcurrency());
  }

  private static Duration longestSearch(RetrieverProperties retriever) {
    return Stream.of(
            retriever.stages().lastMessage().timeout(),
            retriever.stages().recentContext().timeout(),
            retriever.stages().rewrite().timeout())
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  @Bean
  Guard mem0Guard(Mem0SearchProperties mem0, RetrieverProperties retriever, MeterRegistry meters) {
    Guard guard =
        new Guard(
            "mem0",
            guardOptions(retriever, mem0.maxConcurrency()),
            Mem0Exception.Transient.class::isInstance);
    guard.bindTo(meters);
    return guard;
  }

  private static GuardOptions guardOptions(RetrieverProperties retriever, int maxConcurrency) {
    return new GuardOptions(
        maxConcurrency,
        retriever.queueCapacity(),
        retriever.circuit().window(),
        retriever.circuit().minimumCalls(),
        retriever.circuit().failureRate(),
        retriever.circuit().openFor());
  }

  @Bean
  ScopeGenerations scopeGenerations() {
    return new ScopeGenerations();
  }

  @Bean
  GroupDirectory groupDirectory() {
    return new GroupDirectory();
  }

  @Bean
  VisibleScopes visibleScopes(
      CharacterScopes characters, GroupDirectory groups, RetrieverProperties retriever) {
    return new VisibleScopes(characters, groups, retriever.maxScopes());
  }

  @Bean
  OwnMemories ownMemories(MeterRegistry meters) {
    return new OwnMemories(meters);
  }

  @Bean
  ForgottenMemories forgottenMemories() {
    return new ForgottenMemories();
  }

  @Bean
  MemorySearch memorySearch(
      Mem0Client searchClient,
      Guard mem0Guard,
      ScopeGenerations generations,
      OwnMemories own,
      ForgottenMemories forgotten,
      RetrieverProperties retriever,
      MeterRegistry meters) {
    return new MemorySearch(
        searchClient,
        mem0Guard,
        generations,
        own,
        forgotten,
        new SearchOptions(
            retriever.minScore(),
            longestSearch(retriever),
            retriever.cache().ttl(),
            retriever.cache().maxSize()),
        meters);
  }

  /** Null, which is no bean, unless a model is configured; an empty variable configures none. */
  @Bean
  @Nullable OpenAiRewriter rewriter(
      Mem0SearchProperties mem0, RetrieverProperties retriever, MeterRegistry meters) {
    Mem0SearchProperties.QueryEnhancement enhancement = mem0.queryEnhancement();
    URI baseUrl = enhancement.rewriteBaseUrl();
    if (baseUrl == null || baseUrl.toString().isBlank()) {
      return null;
    }
    OpenAiRewriter rewriter =
        new OpenAiRewriter(
            new RewriterOptions(
                new ChatCompletionsOptions(
                    "mem0.query-enhancement.rewrite-base-url",
                    baseUrl,
                    enhancement.rewriteModel(),
                    enhancement.rewriteApiKey(),
                    Duration.ofMillis(enhancement.rewriteTimeoutMs()),
                    Duration.ofMillis(enhancement.rewriteTimeoutMs()),
                    REWRITE_CONCURRENCY),
                enhancement.rewritePrompt(),
                enhancement.rewriteRetries()),
            guardOptions(retriever, REWRITE_CONCURRENCY));
    rewriter.guard().bindTo(meters);
    return rewriter;
  }

  @Bean
  Retriever retriever(
      Mem0SearchProperties mem0,
      RetrieverProperties retriever,
      VisibleScopes scopes,
      MemorySearch search,
      Optional<OpenAiRewriter> rewriter,
      RecallMetrics metrics) {
    Mem0SearchProperties.QueryEnhancement enhancement = mem0.queryEnhancement();
    QueryLadder ladder =
        new QueryLadder(
            new Queries(
                new QueryLimits(enhancement.contextMessages(), enhancement.maxQueryLength())));
    return new LadderRetriever(
        ladder,
        scopes,
        search,
        rewriter.orElse(null),
        Map.of(
            Stage.LAST_MESSAGE, limits(retriever.stages().lastMessage()),
            Stage.RECENT_CONTEXT, limits(retriever.stages().recentContext()),
            Stage.REWRITE, limits(retriever.stages().rewrite())),
        metrics);
  }

  private static StageLimits limits(RetrieverProperties.Stage stage) {
    return new StageLimits(stage.timeout(), stage.retries());
  }

  @Bean
  CurationLog curationLog(
      KafkaClients clients, TopicsProperties topics, RetrieverProperties retriever) {
    return new CurationLog(clients, topics, retriever.browseTimeout());
  }

  /** For users, who wait longer than a generation does. */
  @Bean
  Mem0Client browseClient(
      Mem0ConnectionProperties connection,
      Mem0SearchProperties mem0,
      RetrieverProperties retriever) {
    return connection.client(
        Duration.ofMillis(mem0.connectTimeoutMs()), retriever.browseTimeout(), BROWSE_CONNECTIONS);
  }

  @Bean
  MemoryEditor memoryEditor(
      Mem0Client browseClient,
      CharacterScopes characters,
      ScopeGenerations generations,
      OwnMemories own,
      CurationLog curation,
      ForgottenMemories forgotten,
      KeptMemories kept) {
    return new MemoryEditor(browseClient, characters, generations, own, curation, forgotten, kept);
  }

  @Bean
  MemoryBrowser memoryBrowser(
      Mem0Client browseClient,
      VisibleScopes scopes,
      ScopeGenerations generations,
      OwnMemories own,
      CurationLog curation) {
    return new MemoryBrowser(browseClient, scopes, generations, own, curation);
  }

  @Bean
  @ConditionalOnBooleanProperty(name = "tavern.retriever.ledger.enabled", matchIfMissing = true)
  LedgerFollower ledgerFollower(
      KafkaClients clients,
      TopicsProperties topics,
      RetrieverProperties retriever,
      GroupDirectory groups,
      ScopeGenerations generations,
      MeterRegistry meters) {
    return new LedgerFollower(
        clients,
        topics.ledger(),
        retriever.ledger().retryInterval(),
        new MemoryChanges(groups, generations),
        meters);
  }

  @Bean
  @ConditionalOnBooleanProperty(name = "tavern.retriever.ledger.enabled", matchIfMissing = true)
  CharacterFollower characterFollower(
      KafkaClients clients,
      RetrieverProperties retriever,
      CharacterScopes characters,
      MeterRegistry meters) {
    return new CharacterFollower(clients, retriever.ledger().retryInterval(), characters, meters);
  }

  @Bean
  @ConditionalOnBooleanProperty(name = "tavern.retriever.ledger.enabled", matchIfMissing = true)
  CurationFollower curationFollower(
      KafkaClients clients,
      RetrieverProperties retriever,
      ForgottenMemories forgotten,
      KeptMemories kept,
      ScopeGenerations generations,
      MeterRegistry meters) {
    return new CurationFollower(
        clients, retriever.ledger().retryInterval(), forgotten, kept, generations::advance, meters);
  }

  @Bean
  @ConditionalOnBooleanProperty(name = "tavern.retriever.warm-up", matchIfMissing = true)
  WarmUp warmUp(
      WebServerApplicationContext context, ServerProperties server, AccessProperties access) {
    return new WarmUp(context, server, access);
  }
}
