/** Time limits, circuit breaker and bulkhead in front of remote services. */
@NullMarked
package dev.tavernmem0.retriever.guard;

import org.jspecify.annotations.NullMarked;
