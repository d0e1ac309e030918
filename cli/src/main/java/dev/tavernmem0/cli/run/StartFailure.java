package dev.tavernmem0.cli.run;

import dev.tavernmem0.cli.UserErrorException;
import dev.tavernmem0.embedded.DataDirectoryInUseException;
import dev.tavernmem0.embedded.kafka.EmbeddedBrokerException;
import dev.tavernmem0.embedded.memory.embedding.EmbeddingException;
import dev.tavernmem0.embedded.memory.store.StoreException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.context.properties.bind.validation.ValidationErrors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;

/** Why a part did not start. */
final class StartFailure {
  private StartFailure() {}

  /** The failure as one sentence if the user can mend it; otherwise as it is. */
  static RuntimeException explained(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException setting) {
        return new UserErrorException(wrongSetting(setting), failure);
      }
      if (cause instanceof EmbeddingException) {
        return new UserErrorException(cause.getMessage() + ": " + rootCause(cause), failure);
      }
      if (cause instanceof UncheckedIOException io) {
        return new UserErrorException(io.getMessage() + ": " + rootCause(io), failure);
      }
      if (cause instanceof DataDirectoryInUseException
          || cause instanceof EmbeddedBrokerException
          || cause instanceof StoreException
          || cause instanceof PortInUseException) {
        return new UserErrorException(String.valueOf(cause.getMessage()), failure);
      }
    }
    return failure;
  }

  static String rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private static String wrongSetting(BindException failure) {
    if (failure.getCause() instanceof BindValidationException invalid) {
      ValidationErrors errors = invalid.getValidationErrors();
      return errors.getAllErrors().stream()
          .map(error -> invalidValue(errors.getName(), error))
          .collect(Collectors.joining("; ", "wrong setting: ", ""));
    }
    ConfigurationProperty property = failure.getProperty();
    return "wrong setting: %s%s: %s"
        .formatted(
            failure.getName(),
            property == null ? "" : "=" + property.getValue(),
            rootCause(failure));
  }

  private static String invalidValue(ConfigurationPropertyName prefix, ObjectError error) {
    if (!(error instanceof FieldError field)) {
      return prefix + ": " + error.getDefaultMessage();
    }
    String name = field.getField().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    return "%s.%s=%s: %s"
        .formatted(prefix, name, field.getRejectedValue(), field.getDefaultMessage());
  }
}
