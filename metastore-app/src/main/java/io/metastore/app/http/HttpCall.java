package io.metastore.app.http;

import java.util.List;
import java.util.Map;

/**
 * A request, as far as endpoints look at it.
 *
 * @param method in capitals
 * @param path decoded, without query
 * @param query decoded parameters
 */
public record HttpCall(String method, String path, Map<String, List<String>> query) {
  public HttpCall {
    query = Map.copyOf(query);
  }

  /** All values of a parameter. */
  List<String> all(String parameter) {
    return query.getOrDefault(parameter, List.of());
  }
}
