/** One retrieval from request to rendered block. */
@NullMarked
package dev.tavernmem0.retriever.recall;

import org.jspecify.annotations.NullMarked;
