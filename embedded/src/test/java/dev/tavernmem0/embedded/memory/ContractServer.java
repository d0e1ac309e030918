package dev.tavernmem0.embedded.memory;

import dev.tavernmem0.testkit.fixtures.DockerEngine;
import dev.tavernmem0.testkit.fixtures.Fixtures;
import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.Mem0Containers;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the server that the contract is checked on: the one at {@code MEM0_CONTRACT_URL}
 * (called with {@code MEM0_CONTRACT_API_KEY}, if set), or else the mem0 image where {@link
 * Fixtures} are containers, or else an embedded one.
 */
final class ContractServer implements BeforeAllCallback, ExecutionCondition, ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(ContractServer.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return chosenUrl() == null
        ? new DockerEngine().evaluateExecutionCondition(context)
        : ConditionEvaluationResult.enabled("MEM0_CONTRACT_URL is set");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    context.getStore(NAMESPACE).computeIfAbsent(Mem0Http.class, key -> connect(context));
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Mem0Http.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context.getStore(NAMESPACE).get(Mem0Http.class, Mem0Http.class);
  }

  private static Mem0Http connect(ExtensionContext context) {
    String url = chosenUrl();
    if (url != null) {
      return new Mem0Http(
          URI.create(url.replaceAll("/+$", "")), System.getenv("MEM0_CONTRACT_API_KEY"));
    }
    if (Fixtures.chosen() == Fixtures.CONTAINERS) {
      Mem0Containers mem0 = Mem0Containers.start(Generation.V2);
      context.getStore(NAMESPACE).put(Mem0Containers.class, mem0);
      return new Mem0Http(mem0.url(), mem0.apiKey());
    }
    try {
      Path data = Files.createTempDirectory("memory-contract");
      EmbeddedServer server = EmbeddedServer.start(data.resolve("memory"));
      context.getStore(NAMESPACE).put(EmbeddedServer.class, server);
      return server.http();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static @Nullable String chosenUrl() {
    String url = System.getenv("MEM0_CONTRACT_URL");
    return url == null || url.isBlank() ? null : url;
  }
}
