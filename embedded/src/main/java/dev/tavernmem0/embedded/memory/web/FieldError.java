package dev.tavernmem0.embedded.memory.web;

import java.util.List;

/**
 * A field of the wrong type or missing, in the shape of FastAPI's 422 answers.
 *
 * @param type pydantic's name of the error
 * @param loc where it is: {@code body} or {@code query}, then field names and list positions
 * @param msg what is wrong with it
 */
record FieldError(String type, List<Object> loc, String msg) {}
