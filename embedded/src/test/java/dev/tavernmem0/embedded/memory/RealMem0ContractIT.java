package dev.tavernmem0.embedded.memory;

import dev.tavernmem0.testkit.mem0.Generation;
import dev.tavernmem0.testkit.mem0.RealMem0;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The real mem0 2.x, with {@code -Dmem0.real=true}. */
@DisplayName("mem0 v2 contract, the real mem0")
class RealMem0ContractIT extends MemoryContract {
  @RegisterExtension static final RealMem0 REAL = new RealMem0();
  @RegisterExtension static final ParameterResolver SERVER = new Server();
  private static Mem0Http http;

  @BeforeAll
  static void start() {
    Assumptions.assumeFalse(RealMem0.isForeign(), "MemoryContractIT runs on that server");
    http = new Mem0Http(REAL.url(Generation.V2), REAL.apiKey(Generation.V2));
  }

  private static final class Server implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Mem0Http.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return http;
    }
  }
}
