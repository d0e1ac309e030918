/** The HTTP interface. */
@NullMarked
package dev.tavernmem0.retriever.web;

import org.jspecify.annotations.NullMarked;
