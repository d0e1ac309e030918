/** Where the user's mem0 is, for every service that calls it. */
@NullMarked
package dev.tavernmem0.service.mem0;

import org.jspecify.annotations.NullMarked;
