/** What users do with their memories: look at them, forget, write, change and keep them. */
@NullMarked
package dev.tavernmem0.retriever.browse;

import org.jspecify.annotations.NullMarked;
