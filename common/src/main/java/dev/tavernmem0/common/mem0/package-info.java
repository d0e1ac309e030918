/** Client of the mem0 REST server, generations v1 and v2. */
@NullMarked
package dev.tavernmem0.common.mem0;

import org.jspecify.annotations.NullMarked;
