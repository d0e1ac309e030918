/** What the API says of itself: an OpenAPI document, made of the code that answers. */
@NullMarked
package dev.tavernmem0.writer.api.document;

import org.jspecify.annotations.NullMarked;
