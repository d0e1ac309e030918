/** The name of a request, the same in the answer, in problems and in the log. */
@NullMarked
package dev.tavernmem0.service.trace;

import org.jspecify.annotations.NullMarked;
