/** What takes so long that nobody waits for its answer with a request. */
@NullMarked
package dev.tavernmem0.service.task;

import org.jspecify.annotations.NullMarked;
