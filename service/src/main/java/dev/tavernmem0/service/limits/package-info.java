/** What keeps a request, however large or slow, from taking the process down. */
@NullMarked
package dev.tavernmem0.service.limits;

import org.jspecify.annotations.NullMarked;
