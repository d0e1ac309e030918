package dev.tavernmem0.embedded.memory.embedding;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Map;
import java.util.Objects;

/**
 * A language's model and its tokenizer. The model comes from the jar that langchain4j publishes it
 * in; langchain4j's own loader would need three times its size of Java heap. Thread-safe.
 */
final class SentenceEncoder {
  /**
   * How long the stretches are that a text is read in, in tokens, the two special ones included.
   * The models can read twice as much at once, but take more than twice the time and memory for it.
   */
  private static final int MAX_TOKENS = 256;

  private final int dimensions;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final HuggingFaceTokenizer tokenizer;

  private SentenceEncoder(
      int dimensions,
      OrtEnvironment environment,
      OrtSession session,
      HuggingFaceTokenizer tokenizer) {
    this.dimensions = dimensions;
    this.environment = environment;
    this.session = session;
    this.tokenizer = tokenizer;
  }

  /** Loads it; takes up to a second. It stays loaded as long as the process lives. */
  static SentenceEncoder load(Language language) throws IOException, OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        InputStream tokenizer = resource(language.model() + "-tokenizer.json").openStream()) {
      // Requests are embedded side by side; more threads in each would only get in their way.
      options.setIntraOpNumThreads(1);
      // Weights beside the arena, which would round their space up to a power of two.
      options.addConfigEntry("session.use_device_allocator_for_initializers", "1");
      return new SentenceEncoder(
          language.dimensions(),
          environment,
          environment.createSession(offHeap(resource(language.model() + ".onnx")), options),
          HuggingFaceTokenizer.newInstance(
              tokenizer,
              Map.of(
                  "padding",
                  "false",
                  "truncation",
                  "true",
                  "maxLength",
                  Integer.toString(MAX_TOKENS))));
    }
  }

  /**
   * The text's direction in the model's space: the mean over its stretches of {@value #MAX_TOKENS}
   * tokens.
   *
   * @return a new array of the model's number of dimensions, of length 1
   */
  float[] encode(String text) throws OrtException {
    Encoding encoding = tokenizer.encode(text, true, true);
    float[] sum = new float[dimensions];
    addTo(sum, encoding);
    for (Encoding stretch : encoding.getOverflowing()) {
      addTo(sum, stretch);
    }
    return normalised(sum);
  }

  private void addTo(float[] sum, Encoding stretch) throws OrtException {
    try (OnnxTensor ids = tensor(stretch.getIds());
        OnnxTensor types = tensor(stretch.getTypeIds());
        OnnxTensor mask = tensor(stretch.getAttentionMask());
        OrtSession.Result result =
            session.run(
                Map.of("input_ids", ids, "token_type_ids", types, "attention_mask", mask))) {
      // The first token's vector stands for the stretch (CLS pooling).
      float[] first = new float[dimensions];
      OnnxValue output = result.get(0);
      FloatBuffer values = ((OnnxTensor) output).getFloatBuffer();
      values.get(first);
      float[] direction = normalised(first);
      float weight = stretch.getIds().length;
      for (int i = 0; i < sum.length; i++) {
        sum[i] += weight * direction[i];
      }
    }
  }

  private OnnxTensor tensor(long[] values) throws OrtException {
    return OnnxTensor.createTensor(environment, new long[][] {values});
  }

  private static float[] normalised(float[] vector) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    float[] unit = new float[vector.length];
    double length = Math.sqrt(squares);
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / length);
    }
    return unit;
  }

  private static ByteBuffer offHeap(URL resource) throws IOException {
    URLConnection connection = resource.openConnection();
    try (InputStream stream = connection.getInputStream();
        ReadableByteChannel channel = Channels.newChannel(stream)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(connection.getContentLength());
      while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
        // until it is full
      }
      return buffer.flip();
    }
  }

  private static URL resource(String name) {
    return Objects.requireNonNull(SentenceEncoder.class.getResource("/" + name), name);
  }
}
