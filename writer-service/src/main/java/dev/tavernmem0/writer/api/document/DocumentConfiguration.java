package dev.tavernmem0.writer.api.document;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import dev.tavernmem0.service.access.AccessProperties;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** What all operations have in common, and how what they answer is named. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("springdoc.api-docs.enabled")
class DocumentConfiguration {
  /** As {@code spring.jackson.property-naming-strategy} has it, which is of another Jackson. */
  static final PropertyNamingStrategies.NamingBase NAMES =
      PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE;

  private static final String HEADER = "ApiKey";
  private static final String BEARER = "Bearer";

  private static final Map<String, String> PROBLEM_MEMBERS =
      new TreeMap<>(
          Map.of(
              "type", "`urn:tavern-mem0:problem:TYPE`",
              "title", "that of the status",
              "status", "of the answer",
              "detail", "one sentence",
              "instance", "the path that was asked for",
              "field", "what caused it, if one thing did, as the request names it",
              "value", "what that holds; cut, if it is long",
              "fix", "what to do instead",
              "trace_id", "the request's name, in the log and in `X-Request-Id`"));

  @Bean
  OpenAPI openApi(AccessProperties access) {
    OpenAPI document =
        new OpenAPI()
            .info(
                new Info()
                    .title("tavern-mem0 writer")
                    .version("1")
                    .description(
                        "Where turns are on their way to memories, and what an operator decides"
                            + " about them. An instance answers for the partitions that it has."))
            .servers(List.of(new Server().url("/")))
            .components(
                new Components()
                    .addSecuritySchemes(
                        HEADER,
                        new SecurityScheme()
                            .type(SecurityScheme.Type.APIKEY)
                            .in(SecurityScheme.In.HEADER)
                            .name("X-API-Key")
                            .description("The writer's `tavern.access.api-key`."))
                    .addSecuritySchemes(
                        BEARER,
                        new SecurityScheme()
                            .type(SecurityScheme.Type.HTTP)
                            .scheme("bearer")
                            .description("The same key."))
                    .addSchemas(Refusals.PROBLEM, problem()));
    if (access.apiKey() != null) {
      document
          .addSecurityItem(new SecurityRequirement().addList(HEADER))
          .addSecurityItem(new SecurityRequirement().addList(BEARER));
    }
    return document;
  }

  private static Schema<?> problem() {
    Schema<?> problem = new ObjectSchema().description("Why a request was refused (RFC 9457).");
    PROBLEM_MEMBERS.forEach(
        (name, meaning) ->
            problem.addProperty(
                name,
                (name.equals("status") ? new IntegerSchema() : new StringSchema())
                    .description(meaning)));
    List.of("type", "title", "status", "detail").forEach(problem::addRequiredItem);
    return problem;
  }

  @Bean
  Refusals refusals() {
    return new Refusals();
  }

  /** What is said of an operation starts with its summary: once is enough. */
  @Bean
  OperationCustomizer descriptions() {
    return (operation, handler) -> {
      String summary = operation.getSummary();
      String description = operation.getDescription();
      if (summary != null && description != null && description.startsWith(summary)) {
        String rest = description.substring(summary.length()).strip();
        operation.setDescription(rest.isEmpty() ? null : rest);
      }
      return operation;
    };
  }

  /** Behind all others: it asks no next one. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  ModelResolver modelResolver(ObjectMapperProvider mappers) {
    ModelResolver.enumsAsRef = true;
    return new ModelResolver(mappers.jsonMapper().copy().setPropertyNamingStrategy(NAMES))
        .openapi31(true);
  }

  @Bean
  MarkdownJavadocs javadocs() {
    return new MarkdownJavadocs();
  }

  @Bean
  @Order(Ordered.LOWEST_PRECEDENCE)
  DescribedSchemas describedSchemas(MarkdownJavadocs javadocs) {
    return new DescribedSchemas(javadocs);
  }
}
