/** Problem details (RFC 9457), the same in every service. */
@NullMarked
package dev.tavernmem0.service.problem;

import org.jspecify.annotations.NullMarked;
