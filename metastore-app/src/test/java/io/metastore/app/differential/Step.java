package io.metastore.app.differential;

import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A step of a program.
 *
 * @param seed what its request is made from
 * @param heavy whether it is one of those that make large messages
 * @param cuts the parts that are then cut out of the request, one after the other
 */
record Step(long seed, boolean heavy, List<Integer> cuts) {
  Step {
    cuts = List.copyOf(cuts);
  }

  /** Its request, at some revision of the stores. */
  Message request(RandomRequests.Revisions revisions) {
    Message request = RandomRequests.of(seed, heavy, revisions);
    for (int cut : cuts) {
      Optional<Message> less = Parts.without(request, cut);
      if (less.isPresent()) {
        request = less.get();
      }
    }
    return request;
  }

  /** The same with one part less. */
  Step cut(int part) {
    List<Integer> more = new ArrayList<>(cuts);
    more.add(part);
    return new Step(seed, heavy, more);
  }
}
