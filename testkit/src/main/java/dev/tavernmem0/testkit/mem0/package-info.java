/** A mem0 server for tests: honest about mem0's semantics, and failing on request. */
@NullMarked
package dev.tavernmem0.testkit.mem0;

import org.jspecify.annotations.NullMarked;
