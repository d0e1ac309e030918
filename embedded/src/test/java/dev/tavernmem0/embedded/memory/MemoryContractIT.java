package dev.tavernmem0.embedded.memory;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

/** The embedded server, the mem0 image, or the server at {@code MEM0_CONTRACT_URL}. */
@DisplayName("mem0 v2 contract")
@ExtendWith(ContractServer.class)
class MemoryContractIT extends MemoryContract {}
