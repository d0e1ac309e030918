/** Generation-time search and injection. */
@NullMarked
package dev.tavernmem0.retriever;

import org.jspecify.annotations.NullMarked;
