package dev.tavernmem0.writer.api.document;

import com.fasterxml.jackson.databind.type.TypeFactory;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What springdoc does not see of records and enums: that each component is in every answer, which
 * ones can be null, and what is said of them, whose names there are Java's. Thread-safe.
 */
final class DescribedSchemas implements ModelConverter {
  private final MarkdownJavadocs javadocs;

  DescribedSchemas(MarkdownJavadocs javadocs) {
    this.javadocs = javadocs;
  }

  @Override
  public @Nullable Schema<?> resolve(
      AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
    if (!chain.hasNext()) {
      return null;
    }
    Schema<?> schema = chain.next().resolve(type, context, chain);
    Class<?> raw = TypeFactory.defaultInstance().constructType(type.getType()).getRawClass();
    if (schema != null && raw.isRecord()) {
      describeRecord(raw, model(schema, context));
    } else if (schema != null && raw.isEnum()) {
      describeEnum(raw, model(schema, context));
    }
    return schema;
  }

  private static Schema<?> model(Schema<?> schema, ModelConverterContext context) {
    String reference = schema.get$ref();
    Schema<?> model =
        reference == null
            ? schema
            : context.getDefinedModels().get(reference.substring(reference.lastIndexOf('/') + 1));
    return model == null ? schema : model;
  }

  private void describeRecord(Class<?> raw, Schema<?> model) {
    model.setDescription(javadocs.getClassJavadoc(raw));
    Map<String, String> said = javadocs.getRecordClassParamJavadoc(raw);
    for (RecordComponent component : raw.getRecordComponents()) {
      String name = DocumentConfiguration.NAMES.translate(component.getName());
      Schema<?> property = Objects.requireNonNull(model.getProperties().get(name), name);
      property.setDescription(said.get(component.getName()));
      if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        property.addType("null");
      }
      // An answer has all of them; a body that is sent may leave out what can be null.
      boolean isLeftOut =
          raw.getSimpleName().endsWith("Request")
              && component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      if (!isLeftOut && (model.getRequired() == null || !model.getRequired().contains(name))) {
        model.addRequiredItem(name);
      }
    }
  }

  /** The schema lists the values in the order of the constants, as answers have them. */
  private void describeEnum(Class<?> raw, Schema<?> model) {
    List<?> values = model.getEnum();
    Object[] constants = raw.getEnumConstants();
    StringBuilder text = new StringBuilder(javadocs.getClassJavadoc(raw)).append("\n");
    for (int i = 0; i < constants.length; i++) {
      String said = javadocs.getConstantJavadoc((Enum<?>) constants[i]);
      text.append("\n- `").append(values.get(i)).append('`');
      text.append(said.isEmpty() ? "" : ": " + said);
    }
    model.setDescription(text.toString());
  }
}
