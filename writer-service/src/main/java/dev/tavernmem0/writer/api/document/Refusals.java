package dev.tavernmem0.writer.api.document;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpStatus;
import org.springframework.web.method.HandlerMethod;

/** Says of each operation what it may answer instead, as a problem. Thread-safe. */
final class Refusals implements OperationCustomizer {
  static final String PROBLEM = "Problem";

  @Override
  public Operation customize(Operation operation, HandlerMethod handler) {
    for (AnnotatedElement place : List.of(handler.getMethod(), handler.getBeanType())) {
      for (Refuses refuses :
          AnnotatedElementUtils.findMergedRepeatableAnnotations(place, Refuses.class)) {
        add(operation, refuses.status(), refuses.type(), refuses.when());
      }
    }
    if (hasRequiredQuery(operation)) {
      add(
          operation,
          HttpStatus.BAD_REQUEST,
          "missing-parameter",
          "A parameter that is required is missing.");
    }
    add(operation, HttpStatus.UNAUTHORIZED, "api-key", "The key is missing or wrong.");
    add(
        operation,
        HttpStatus.FORBIDDEN,
        "host, origin",
        "Called under a name that is not served, or by a web page that may not.");
    operation
        .getResponses()
        .addApiResponse(
            ApiResponses.DEFAULT,
            problem("Any other refusal or failure, such as 500 `internal-error`."));
    return operation;
  }

  private static boolean hasRequiredQuery(Operation operation) {
    List<Parameter> parameters = operation.getParameters();
    return parameters != null
        && parameters.stream()
            .anyMatch(it -> "query".equals(it.getIn()) && Boolean.TRUE.equals(it.getRequired()));
  }

  private static void add(Operation operation, HttpStatus status, String type, String when) {
    operation
        .getResponses()
        .addApiResponse(
            String.valueOf(status.value()),
            problem("`" + type.replace(", ", "`, `") + "`: " + when));
  }

  private static ApiResponse problem(String description) {
    return new ApiResponse()
        .description(description)
        .content(
            new Content()
                .addMediaType(
                    org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                    new MediaType()
                        .schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM))));
  }
}
